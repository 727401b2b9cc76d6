import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORPUS, LISTED } from '../shell/corpus.fixture.js';
import { parseCommand } from '../shell/parse-command.js';
import { allowanceOf, ruleOf } from './command-rules.js';

const casesOf = (by: string) =>
  CORPUS.filter((one) => one.by === by).map(({ command }) => [JSON.stringify(command), command] as const);

const LIST = { security: 'allowlist', ask: 'on-miss', allowlist: [...LISTED] } as const;
const SAFE = { security: 'full', ask: 'on-miss', allowlist: [] } as const;
const CLOSED = { security: 'allowlist', ask: 'off', allowlist: [...LISTED] } as const;

const terms = (settings: typeof LIST | typeof SAFE | typeof CLOSED) => ({
  ...settings,
  allowlist: [...settings.allowlist],
});

describe('The shell corpus, where a person is asked', () => {
  it.each(casesOf('opaque'))('asks about %s, and never allows it for good', async (_, command) => {
    const parsed = await parseCommand(command);
    expect(ruleOf(terms(LIST), parsed, 'own-directory').kind).toBe('ask');
    expect(ruleOf(terms(SAFE), parsed, 'own-directory').kind).toBe('ask');
    expect(ruleOf(terms(CLOSED), parsed, 'own-directory')).toMatchObject({
      kind: 'missed',
      otherwise: 'deny',
    });
    expect(allowanceOf(command, parsed)).toBeUndefined();
  });

  it.each(casesOf('unlisted'))('asks about %s, unless that was allowed for good', async (_, command) => {
    const parsed = await parseCommand(command);
    expect(ruleOf(terms(LIST), parsed, 'own-directory')).toMatchObject({ kind: 'missed', otherwise: 'ask' });
    expect(ruleOf(terms(CLOSED), parsed, 'own-directory')).toMatchObject({
      kind: 'missed',
      otherwise: 'deny',
    });
  });

  // To read a file of that name does no harm; where a shell makes a connection of it, the deny rule is there.
  const DENIED = casesOf('deny').filter(([, command]) => command !== 'cat /dev/tcp/1.2.3.4/80');

  it.each(DENIED)('does not take %s to be safe', async (_, command) => {
    expect(ruleOf(terms(SAFE), await parseCommand(command), 'own-directory').kind).not.toBe('allow');
  });

  it.each(casesOf('none'))(
    'asks about %s only where it hands over code, or names a path',
    async (_, command) => {
      const parsed = await parseCommand(command);
      const isOrdinary = parsed.entries.every(
        ({ carriesCode, path, program }) => !carriesCode && path === program,
      );
      expect(ruleOf(terms(LIST), parsed, 'own-directory').kind).toBe(isOrdinary ? 'allow' : 'missed');
    },
  );

  it('lets nothing through because of what stands before or behind it', async () => {
    const more = fc.constantFrom(...CORPUS.filter(({ by }) => by !== 'none'));
    const joint = fc.constantFrom(' && ', ' ; ', ' | ', '\n', ' || ', ' & ');
    await fc.assert(
      fc.asyncProperty(more, joint, fc.boolean(), async ({ command, by }, joined, isFirst) => {
        const alone = await parseCommand(command);
        fc.pre(alone.entries.length > 0 && ruleOf(terms(SAFE), alone, 'own-directory').kind !== 'allow');
        // What is not complete can be completed by what comes behind it.
        const isBefore = isFirst && by !== 'opaque';
        const text = isBefore ? `${command}${joined}ls` : `ls${joined}${command}`;
        expect(ruleOf(terms(SAFE), await parseCommand(text), 'own-directory').kind).not.toBe('allow');
      }),
      { numRuns: 1_000 },
    );
  });
});
