import { describe, expect, it } from 'vitest';
import { isGranted, mergeGrants } from './tool-terms.js';

const grant = (tool_allow: string[] | null = null, tool_deny: string[] | null = null, enabled = true) => ({
  enabled,
  tool_allow,
  tool_deny,
});
const NAMES = ['read', 'write', 'drop'];

describe('grants of an agent and of a user', () => {
  it.each([
    ['nothing without a grant of the agent', undefined, undefined, undefined],
    ['nothing by a grant of the user alone', undefined, grant(), undefined],
    ['nothing while the agent’s grant is off', grant(null, null, false), grant(), undefined],
    ['nothing where the user’s own grant is off', grant(), grant(null, null, false), undefined],
    ['every tool by a plain grant of the agent', grant(), undefined, NAMES],
    [
      'what the agent may, where the user’s grant says nothing',
      grant(['read', 'write']),
      grant(),
      ['read', 'write'],
    ],
    ['what both allow', grant(['read', 'write']), grant(['write', 'drop']), ['write']],
    ['nothing where they allow different tools', grant(['read']), grant(['write']), []],
    ['nothing that either denies', grant(null, ['drop']), grant(null, ['write']), ['read']],
    ['nothing that is denied though it is allowed', grant(['drop'], ['drop']), undefined, []],
    ['nothing by an empty list', grant([]), undefined, []],
  ])('give %s', (_, agent, user, expected) => {
    const terms = mergeGrants(agent, user);
    expect(terms && NAMES.filter((name) => isGranted(terms, name))).toEqual(expected);
  });
});
