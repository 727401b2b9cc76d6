import { describe, expect, it } from 'vitest';
import { limitTurns } from './limit-turns.js';
import { assistant, user } from '../../../test/support/transcript-messages.js';

const messages = [user(1, 'a'), assistant(2, 'b'), user(3, 'c'), user(4, 'd'), assistant(5, 'e')];

describe('limiting turns', () => {
  it('keeps the last user messages and what follows them', () => {
    expect(limitTurns(messages, 1).map((message) => message.seq)).toEqual([4, 5]);
    expect(limitTurns(messages, 2).map((message) => message.seq)).toEqual([3, 4, 5]);
    expect(limitTurns(messages, 3)).toEqual(messages);
  });

  it('keeps everything when there is no limit or it is not reached', () => {
    expect(limitTurns(messages, 0)).toEqual(messages);
    expect(limitTurns(messages, 9)).toEqual(messages);
    expect(limitTurns([], 1)).toEqual([]);
  });
});
