import { describe, expect, it } from 'vitest';
import { contentLength, estimateTokens, IMAGE_TOKENS } from './message-size.js';
import { assistant, user } from '../../../test/support/transcript-messages.js';

describe('estimating tokens', () => {
  it('takes a third of the code points of each message, rounded down', () => {
    expect(estimateTokens([user(1, 'abcde'), assistant(2, '😀😀😀'), user(3, 'ab')])).toBe(2);
    expect(estimateTokens([])).toBe(0);
  });

  it('counts context lines, arguments of tool calls, and images at a fixed cost', () => {
    expect(estimateTokens([user(1, 'abc', 'defghi')])).toBe(3);
    const call = { id: '1', name: 'x', arguments: { a: 'bcdef' } };
    expect(estimateTokens([{ ...assistant(1, ''), toolCalls: [call] }])).toBe(4);
    expect(
      estimateTokens([{ seq: 1, role: 'user', content: [{ type: 'image', url: 'https://x.test/a.png' }] }]),
    ).toBe(IMAGE_TOKENS);
  });

  it('measures content for pruning in code points', () => {
    expect(contentLength(user(1, 'a😀'))).toBe(2);
    expect(
      contentLength({ ...user(1, ''), content: [{ type: 'image', url: 'https://x.test' }] }),
    ).toBeGreaterThan(1_000);
  });
});
