import { describe, expect, it } from 'vitest';
import { agentOfSessionKey, defaultSessionKey, resolveSessionKey } from './session-key.js';

describe('session keys', () => {
  it('of a socket are the same after every reconnect', () => {
    expect(defaultSessionKey('default', 'ann')).toBe('agent:default:ws:direct:ann');
    expect(resolveSessionKey(defaultSessionKey('default', 'ann'), 'default')).toBe(
      'agent:default:ws:direct:ann',
    );
  });

  it.each([
    ['agent:default:ws:direct:ann', 'default'],
    ['agent:a.b:x', 'a.b'],
    ['agent::x', undefined],
    ['agent:default', undefined],
    ['xagent:default:x', undefined],
    ['', undefined],
  ])('%j belongs to the agent %j', (key, agent) => {
    expect(agentOfSessionKey(key)).toBe(agent);
  });

  it("are put under the agent's when they are the client's own names", () => {
    expect(resolveSessionKey('my chat', 'default')).toBe('agent:default:my chat');
    expect(resolveSessionKey('Agent:other:x', 'default')).toBe('agent:default:Agent:other:x');
  });

  it.each(['agent:other:x', 'agent::x', 'agent:default', 'agent:defaultx:y'])(
    '%j is refused for the agent default',
    (key) => {
      expect(() => resolveSessionKey(key, 'default')).toThrow(
        expect.objectContaining({
          code: 'INVALID_REQUEST',
          message: expect.stringContaining('another session key'),
        }),
      );
    },
  );

  it.each(['', 'a\nb', '\u0000', 'a\ud800', 'x'.repeat(500)])('cannot be %j', (key) => {
    expect(() => resolveSessionKey(key, 'default')).toThrow(/1 to 500 printable characters/);
  });

  it('may be as long as their column', () => {
    expect(resolveSessionKey('x'.repeat(500 - 'agent:default:'.length), 'default')).toHaveLength(500);
  });
});
