import { describe, expect, it } from 'vitest';
import { ToolsError } from '../tools.errors.js';
import { compilePolicy, resolvePolicy } from './resolve-policy.js';
import type { PolicyInputs, ResolvedPolicy } from './tool-policy.types.js';

const TOOLS = [
  { name: 'edit_file', groups: ['fs'] },
  { name: 'exec', groups: ['runtime'] },
  { name: 'memory_search', groups: ['memory'] },
  { name: 'message', groups: ['messaging'] },
  { name: 'notes__add', groups: ['mcp', 'mcp:notes'] },
  { name: 'ping_host', groups: ['custom'] },
  { name: 'read_file', groups: ['fs'] },
  { name: 'session_status', groups: ['sessions'] },
  { name: 'wiki__find', groups: ['mcp', 'mcp:wiki'] },
];

function resolve(inputs: PolicyInputs): ResolvedPolicy {
  const entries = new Map(TOOLS.map((spec) => [spec.name, { spec }]));
  const tools = { get: (name: string) => entries.get(name), list: () => [...entries.values()] };
  return resolvePolicy(tools, compilePolicy(inputs));
}

function allowed(inputs: PolicyInputs): readonly string[] {
  return resolve(inputs).allowed();
}

const ALL = TOOLS.map(({ name }) => name);

describe('tool policy', () => {
  it.each<[string, PolicyInputs, readonly string[]]>([
    ['no rules allow everything', { global: {} }, ALL],
    ['an empty allow list restricts nothing', { global: { allow: [] } }, ALL],
    ['profile minimal', { global: { profile: 'minimal' } }, ['session_status']],
    ['profile messaging', { global: { profile: 'messaging' } }, ['message', 'session_status']],
    [
      'profile coding',
      { global: { profile: 'coding' } },
      ['edit_file', 'exec', 'memory_search', 'read_file', 'session_status'],
    ],
    ['profile full', { global: { profile: 'full' } }, ALL],
    [
      "a provider's profile replaces the global one",
      { global: { profile: 'coding', byProvider: { groq: { profile: 'minimal' } } }, provider: 'groq' },
      ['session_status'],
    ],
    [
      'rules of another provider do not count',
      { global: { profile: 'minimal', byProvider: { groq: { profile: 'full' } } }, provider: 'openai' },
      ['session_status'],
    ],
    [
      "an agent's profile replaces the global one",
      { global: { profile: 'coding' }, agent: { profile: 'messaging' } },
      ['message', 'session_status'],
    ],
    [
      'a global allow list narrows',
      { global: { allow: ['group:fs', 'exec'] } },
      ['edit_file', 'exec', 'read_file'],
    ],
    [
      'each allow list narrows further: global, provider, agent, agent for a provider, channel',
      {
        global: {
          allow: ['group:fs', 'exec', 'message'],
          byProvider: { p: { allow: ['group:fs', 'exec'] } },
          byChannel: { ws: { allow: ['read_file', 'edit_file', 'message'] } },
        },
        provider: 'p',
        agent: {
          allow: ['group:fs'],
          byProvider: { p: { allow: ['*'] } },
          byChannel: { ws: { allow: ['read_file'] } },
        },
        channel: 'ws',
      },
      ['read_file'],
    ],
    [
      'rules of another channel do not count',
      { global: { allow: ['exec'], byChannel: { http: { deny: ['exec'] } } }, channel: 'ws' },
      ['exec'],
    ],
    [
      'a subagent has less, whatever says that it has more',
      {
        global: { allow: ['session_status', 'memory_search', 'exec'] },
        agent: { alsoAllow: ['session_status'] },
        isSubagent: true,
      },
      ['exec'],
    ],
    ['unknown names are ignored', { global: { allow: ['read_file', 'teleport'] } }, ['read_file']],
    ['an alias means its tool', { global: { allow: ['bash'] } }, ['exec']],
    [
      'a denied alias denies its tool',
      { global: { allow: ['exec', 'read_file'], deny: ['bash'] } },
      ['read_file'],
    ],
    [
      'dynamic groups name all MCP tools or those of one server',
      { global: { allow: ['group:mcp'], deny: ['group:mcp:wiki'] } },
      ['notes__add'],
    ],
    [
      'alsoAllow adds what profile and allow lists leave out',
      {
        global: { profile: 'minimal', alsoAllow: ['exec'] },
        agent: { allow: ['exec'], alsoAllow: ['message'] },
      },
      ['exec', 'message'],
    ],
    [
      "deny wins over alsoAllow of the same policy and over an agent's",
      { global: { deny: ['exec'], alsoAllow: ['exec'] }, agent: { alsoAllow: ['exec', '*'] } },
      ALL.filter((name) => name !== 'exec'),
    ],
    [
      "an agent's and a channel's deny count",
      {
        global: { allow: ['group:fs', 'exec'], byChannel: { ws: { deny: ['edit_file'] } } },
        agent: { deny: ['exec'] },
        channel: 'ws',
      },
      ['read_file'],
    ],
    ["a provider's deny counts", { global: { byProvider: { p: { deny: ['*'] } } }, provider: 'p' }, []],
    [
      'a channel cannot widen',
      { global: { allow: ['read_file'], byChannel: { ws: { allow: ['*'] } } }, channel: 'ws' },
      ['read_file'],
    ],
    [
      'a channel narrows what alsoAllow adds, and widens nothing by an alsoAllow of its own',
      {
        global: {
          profile: 'minimal',
          alsoAllow: ['exec', 'read_file'],
          byChannel: { ws: { allow: ['read_file'], alsoAllow: ['message'] } as object },
        },
        channel: 'ws',
      },
      ['read_file'],
    ],
    [
      'blanks around an entry are no part of it',
      { global: { allow: [' read_file ', '\texec'] } },
      ['exec', 'read_file'],
    ],
    [
      'an agent narrows for one provider alone',
      {
        global: {},
        agent: { byProvider: { groq: { deny: ['exec'], allow: ['exec', 'read_file'] } } },
        provider: 'groq',
      },
      ['read_file'],
    ],
    [
      'an agent narrows for no other provider than that',
      { global: {}, agent: { byProvider: { groq: { deny: ['*'] } } }, provider: 'openai' },
      ALL,
    ],
    ['custom tools are a group', { global: { allow: ['group:custom'] } }, ['ping_host']],
    [
      'an inherited property is no provider, and no channel',
      { global: {}, provider: 'constructor', channel: 'toString' },
      ALL,
    ],
  ])('%s', (_, inputs, expected) => {
    expect(allowed(inputs)).toEqual(expected);
  });

  it('says which step decided about a tool', () => {
    const policy = resolve({
      global: {
        profile: 'coding',
        deny: ['exec'],
        allow: ['group:fs', 'memory_search'],
        byChannel: { ws: { deny: ['edit_file'] } },
      },
      agent: { alsoAllow: ['message'], allow: ['read_file', 'edit_file'] },
      channel: 'ws',
    });
    expect(policy.explain('bash')).toEqual({ name: 'exec', allowed: false, step: 'global.deny' });
    expect(policy.explain('message')).toMatchObject({ allowed: true, step: 'agent.alsoAllow' });
    expect(policy.explain('wiki__find')).toMatchObject({ allowed: false, step: 'global.profile' });
    expect(policy.explain('session_status')).toMatchObject({ allowed: false, step: 'global.allow' });
    expect(policy.explain('memory_search')).toMatchObject({ allowed: false, step: 'agent.allow' });
    expect(policy.explain('edit_file')).toMatchObject({ allowed: false, step: 'channel.deny' });
    expect(policy.explain('read_file')).toMatchObject({ allowed: true, step: 'agent.allow' });
    expect(policy.explain('teleport')).toMatchObject({ allowed: false, step: 'unknown' });
  });

  it('refuses an unknown profile instead of taking it for "full"', () => {
    expect(() => allowed({ global: {}, agent: { profile: 'everything' } })).toThrow(ToolsError);
    expect(() => allowed({ global: { profile: 'cod' }, agent: { profile: 'full' } })).toThrow(
      'The global tool policy names the profile "cod"; use one of minimal, coding, messaging, full.',
    );
  });
});
