import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPruning } from './apply-pruning.js';
import { contentLength } from './message-size.js';
import { planPruning } from './plan-pruning.js';
import { DEFAULT_PRUNING_SETTINGS, NO_PRUNING, type PruningSettings } from './pruning-settings.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';
import type { TranscriptMessage } from './transcript-message.js';

const settings: PruningSettings = { ...DEFAULT_PRUNING_SETTINGS, mode: 'cache-ttl' };

/** A conversation of turns with one tool call each, whose results have the given lengths. */
function conversation(...resultLengths: number[]): TranscriptMessage[] {
  return resultLengths.flatMap((length, turn) => [
    user(4 * turn + 1, 'do'),
    assistant(4 * turn + 2, '', `call-${turn}`),
    result(4 * turn + 3, `call-${turn}`, 'x'.repeat(length)),
    assistant(4 * turn + 4, 'done'),
  ]);
}

const size = (messages: readonly TranscriptMessage[]) =>
  messages.reduce((sum, message) => sum + contentLength(message), 0);

describe('planning to prune', () => {
  it('moves nothing below the soft threshold', () => {
    const messages = conversation(20_000, 20_000, 20_000);
    expect(planPruning(messages, NO_PRUNING, settings, 60_000)).toBe(NO_PRUNING);
  });

  it('trims all long results but those of the last three assistant messages from the threshold on', () => {
    const messages = conversation(20_000, 20_000, 20_000);
    expect(planPruning(messages, NO_PRUNING, settings, 40_000)).toEqual({
      softTrimBefore: 8,
      hardClearBefore: 0,
    });
  });

  it('waits until trimming is worth the loss of the prompt cache', () => {
    const messages = conversation(5_000, 4_000, 100_000);
    expect(planPruning(messages, NO_PRUNING, settings, 80_000)).toBe(NO_PRUNING);
    expect(planPruning(messages, NO_PRUNING, settings, 20_000).softTrimBefore).toBe(8);
  });

  it('leaves everything alone with fewer assistant messages than it keeps, or when it is off', () => {
    const messages = [
      user(1, 'a'),
      assistant(2, '', 'x'),
      result(3, 'x', 'y'.repeat(90_000)),
      assistant(4, 'b'),
    ];
    expect(planPruning(messages, NO_PRUNING, settings, 1_000)).toBe(NO_PRUNING);
    const off = { ...settings, mode: 'off' } as const;
    expect(planPruning(conversation(90_000, 90_000), NO_PRUNING, off, 1_000)).toBe(NO_PRUNING);
  });

  it('clears the oldest results while trimming was not enough, with a margin for the next turns', () => {
    const messages = conversation(...Array.from({ length: 100 }, () => 3_900));
    const window = 150_000;
    const pointers = planPruning(messages, NO_PRUNING, settings, window);
    expect(pointers.hardClearBefore).toBeGreaterThan(0);
    const pruned = applyPruning(messages, pointers, settings);
    expect(size(pruned)).toBeLessThan(0.4 * window * 4);
    expect(size(pruned)).toBeGreaterThan(0.35 * window * 4);
    expect(pruned.slice(-6)).toEqual(messages.slice(-6));
  });

  it('clears nothing when that is switched off or there is too little to clear', () => {
    const messages = conversation(...Array.from({ length: 100 }, () => 3_900));
    const off: PruningSettings = { ...settings, hardClear: { ...settings.hardClear, enabled: false } };
    expect(planPruning(messages, NO_PRUNING, off, 150_000).hardClearBefore).toBe(0);
    const much: PruningSettings = { ...settings, minPrunableToolChars: 1_000_000 };
    expect(planPruning(messages, NO_PRUNING, much, 150_000).hardClearBefore).toBe(0);
  });

  it('keeps the bytes of the history over many turns, and never moves a pointer back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9_000 }), { minLength: 30, maxLength: 60 }), (lengths) => {
        const all = conversation(...lengths);
        let pointers = NO_PRUNING;
        let moves = 0;
        for (let turn = 1; turn <= lengths.length; turn += 1) {
          const planned = planPruning(all.slice(0, 4 * turn), pointers, settings, 50_000);
          expect(planned.softTrimBefore).toBeGreaterThanOrEqual(pointers.softTrimBefore);
          expect(planned.hardClearBefore).toBeGreaterThanOrEqual(pointers.hardClearBefore);
          if (planned !== pointers) moves += 1;
          pointers = planned;
        }
        expect(moves).toBeLessThan(lengths.length / 2);
      }),
      { numRuns: 10 },
    );
  });

  it('plans nothing more right after a move', () => {
    const messages = conversation(...Array.from({ length: 100 }, () => 6_000));
    const pointers = planPruning(messages, NO_PRUNING, settings, 60_000);
    expect(planPruning(messages, pointers, settings, 60_000)).toBe(pointers);
  });
});
