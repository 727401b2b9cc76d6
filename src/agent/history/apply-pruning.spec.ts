import { describe, expect, it } from 'vitest';
import { applyPruning } from './apply-pruning.js';
import { DEFAULT_PRUNING_SETTINGS, NO_PRUNING, type PruningSettings } from './pruning-settings.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';

const settings: PruningSettings = {
  ...DEFAULT_PRUNING_SETTINGS,
  mode: 'cache-ttl',
  softTrim: { maxChars: 10, headChars: 3, tailChars: 2 },
};
const long = '😀abcdefghijkl😀';
const messages = [
  user(1, long),
  assistant(2, '', 'x', 'y'),
  result(3, 'x', long),
  result(4, 'y', long.repeat(3)),
];
const textOf = (at: number, pruned = messages as readonly (typeof messages)[number][]) =>
  pruned[at]?.content[0];

describe('applying the pruning pointers', () => {
  it('trims long results before the soft pointer to head and tail', () => {
    const pruned = applyPruning(messages, { softTrimBefore: 4, hardClearBefore: 0 }, settings);
    expect(textOf(2, pruned)).toEqual({
      type: 'text',
      text: '😀ab\n...\nl😀\n\n[Tool result trimmed: the first 3 and last 2 of 14 characters are kept.]',
    });
    expect([pruned[0], pruned[1], pruned[3]]).toEqual([messages[0], messages[1], messages[3]]);
  });

  it('leaves results within the limit alone, counted in characters', () => {
    const short = [user(1, 'a'), result(2, 'x', '😀'.repeat(10))];
    expect(applyPruning(short, { softTrimBefore: 9, hardClearBefore: 0 }, settings)).toEqual(short);
  });

  it('clears results before the hard pointer, unless they are shorter than the placeholder', () => {
    const pruned = applyPruning(messages, { softTrimBefore: 9, hardClearBefore: 5 }, settings);
    expect(textOf(2, pruned)).toEqual(messages[2]?.content[0]);
    expect(textOf(3, pruned)).toEqual({ type: 'text', text: settings.hardClear.placeholder });
  });

  it('keeps images when it trims, drops them when it clears', () => {
    const image = { type: 'image', url: 'https://x.test/a.png' } as const;
    const shown = [
      user(1, 'a'),
      { ...result(2, 'x', long), content: [image, { type: 'text', text: long } as const] },
    ];
    const trimmed = applyPruning(shown, { softTrimBefore: 9, hardClearBefore: 0 }, settings);
    expect(trimmed[1]?.content).toContainEqual(image);
    const cleared = applyPruning(shown, { softTrimBefore: 9, hardClearBefore: 9 }, settings);
    expect(cleared[1]?.content).toEqual([{ type: 'text', text: settings.hardClear.placeholder }]);
  });

  it('touches nothing before the first user message, without pointers, or when it is off', () => {
    const pointers = { softTrimBefore: 9, hardClearBefore: 9 };
    const leading = [result(3, 'x', long.repeat(3)), user(4, 'a')];
    expect(applyPruning(leading, pointers, settings)).toEqual(leading);
    expect(applyPruning(messages, NO_PRUNING, settings)).toBe(messages);
    expect(applyPruning(messages, pointers, { ...settings, mode: 'off' })).toBe(messages);
  });
});
