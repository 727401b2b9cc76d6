import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COMPACTION_SETTINGS, needsCompaction, splitForCompaction } from './compaction.js';
import { repairPairing } from './repair-pairing.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';
import type { TranscriptMessage } from './transcript-message.js';

describe('the need for compaction', () => {
  it('arises from too many messages or too large a share of the window', () => {
    const needs = (count: number, tokens: number) =>
      needsCompaction(count, tokens, 1_000, DEFAULT_COMPACTION_SETTINGS);
    expect(needs(50, 750)).toBe(false);
    expect(needs(51, 0)).toBe(true);
    expect(needs(1, 751)).toBe(true);
  });
});

describe('splitting a window for compaction', () => {
  const seqs = (messages: readonly TranscriptMessage[]) => messages.map((message) => message.seq);

  it('keeps the last four messages', () => {
    const messages = [1, 2, 3, 4, 5, 6].map((seq) => user(seq, 'a'));
    const split = splitForCompaction(messages);
    expect(seqs(split?.old ?? [])).toEqual([1, 2]);
    expect(seqs(split?.kept ?? [])).toEqual([3, 4, 5, 6]);
  });

  it('has nothing to do for four or fewer', () => {
    expect(splitForCompaction([1, 2, 3, 4].map((seq) => user(seq, 'a')))).toBeUndefined();
    expect(splitForCompaction([])).toBeUndefined();
  });

  it('never parts a tool call from its results', () => {
    const messages = [
      user(1, 'a'),
      assistant(2, '', 'x', 'y', 'z'),
      result(3, 'x'),
      result(4, 'y'),
      result(5, 'z'),
      assistant(6, 'b'),
      user(7, 'c'),
    ];
    expect(seqs(splitForCompaction(messages)?.kept ?? [])).toEqual([2, 3, 4, 5, 6, 7]);
    expect(splitForCompaction(messages.slice(1))).toBeUndefined();
  });

  it('leaves both halves paired', () => {
    const turn = fc.nat({ max: 4 });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (turns, keep) => {
        const messages = turns.flatMap((calls, at) => {
          const ids = Array.from({ length: calls }, (_, nth) => `${at}-${nth}`);
          return [user(at, 'a'), assistant(at, 'b', ...ids), ...ids.map((id) => result(at, id))];
        });
        const split = splitForCompaction(messages, keep);
        if (split === undefined) return;
        expect([...split.old, ...split.kept]).toEqual(messages);
        expect(repairPairing(split.old)).toEqual(split.old);
        expect(repairPairing(split.kept)).toEqual(split.kept);
        expect(split.kept.length).toBeGreaterThanOrEqual(keep);
      }),
    );
  });
});
