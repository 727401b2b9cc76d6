import { describe, expect, it } from 'vitest';
import { buildHistory } from './build-history.js';
import { DEFAULT_PRUNING_SETTINGS, NO_PRUNING } from './pruning-settings.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';

const long = 'x'.repeat(40_000);
const messages = [
  user(1, 'out of sight'),
  assistant(2, 'one'),
  user(3, 'second'),
  assistant(4, '', 'a', 'b'),
  result(5, 'a', long),
  assistant(6, 'two'),
  user(7, 'third'),
  assistant(8, 'three'),
  user(9, 'fourth'),
  assistant(10, 'four'),
  user(11, 'fifth', 'Current time: X'),
];

describe('building the history', () => {
  it('limits turns, prunes, repairs and converts, in this order', () => {
    const history = buildHistory({
      messages,
      summary: 'S',
      maxTurns: 4,
      pointers: NO_PRUNING,
      pruning: { ...DEFAULT_PRUNING_SETTINGS, mode: 'cache-ttl' },
      contextWindowTokens: 20_000,
    });
    expect(history.pointers).toEqual({ softTrimBefore: 6, hardClearBefore: 0 });
    const roles = history.messages.map((message) => message.role);
    expect(roles.join(' ')).toBe(
      'user assistant user assistant tool tool assistant user assistant user assistant user',
    );
    const all = JSON.stringify(history.messages);
    expect(all).not.toContain('out of sight');
    expect(all).toContain('Tool result trimmed');
    expect(all).toContain('outcome of this tool call is unknown');
    expect(all).toContain('Current time: X\\n\\nfifth');
  });

  it('gives the same bytes and pointers for the same window, and only appends for a longer one', () => {
    const input = {
      messages,
      maxTurns: 0,
      pointers: { softTrimBefore: 6, hardClearBefore: 0 },
      pruning: { ...DEFAULT_PRUNING_SETTINGS, mode: 'cache-ttl' as const },
      contextWindowTokens: 20_000,
    };
    const first = buildHistory(input);
    expect(first.pointers).toBe(input.pointers);
    const second = buildHistory({
      ...input,
      messages: [...messages, assistant(12, 'five'), user(13, 'sixth')],
    });
    expect(JSON.stringify(second.messages)).toContain(JSON.stringify(first.messages).slice(0, -1));
  });
});
