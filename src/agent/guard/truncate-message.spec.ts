import { describe, expect, it } from 'vitest';
import { truncateMessage } from './truncate-message.js';

describe('truncating a message', () => {
  it('leaves a message of the limit alone, counted in code points', () => {
    expect(truncateMessage('😀'.repeat(5), 5)).toBe('😀'.repeat(5));
    const text = 'a'.repeat(32_000);
    expect(truncateMessage(text)).toBe(text);
  });

  it('cuts between characters and notes both lengths', () => {
    expect(truncateMessage('a😀😀😀', 2)).toBe(
      'a😀\n\n[System note: the message was too long. Only its first 2 of 4 characters are shown.]',
    );
    expect(truncateMessage('a'.repeat(32_001))).toMatch(/^a{32000}\n\n\[.* 32000 of 32001 .*\]$/s);
  });
});
