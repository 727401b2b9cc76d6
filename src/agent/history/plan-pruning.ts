import { pruneMessage } from './apply-pruning.js';
import { contentLength } from './message-size.js';
import type { PruningPointers, PruningSettings } from './pruning-settings.js';
import type { TranscriptMessage } from './transcript-message.js';

/** Code points of a token when the size of a context window is meant. */
const WINDOW_CODE_POINTS_PER_TOKEN = 4;

/**
 * Share of the window that trimming must win before the pointer moves: each move costs a provider's cache for
 * all that follows, so it is not made for every turn's crumbs.
 */
export const SOFT_TRIM_MIN_GAIN_RATIO = 0.02;

/** Clearing goes on until the history is this far below the threshold, so that the next turn is not over it again. */
export const HARD_CLEAR_MARGIN_RATIO = 0.1;

/**
 * Decides whether more tool results are to be pruned, and moves the pointers forward if so; otherwise returns the
 * given ones. First long results are trimmed, when the history takes `softTrimRatio` of the window; if it still
 * takes `hardClearRatio`, results are cleared, oldest first.
 */
export function planPruning(
  messages: readonly TranscriptMessage[],
  pointers: PruningPointers,
  settings: PruningSettings,
  contextWindowTokens: number,
): PruningPointers {
  const windowLength = contextWindowTokens * WINDOW_CODE_POINTS_PER_TOKEN;
  const prunable = prunableResults(messages, settings);
  if (settings.mode === 'off' || windowLength <= 0 || prunable.length === 0) return pointers;

  const sizeOf = (list: readonly TranscriptMessage[], at: PruningPointers): number =>
    list.reduce((sum, message) => sum + contentLength(pruneMessage(message, at, settings)), 0);
  let total = sizeOf(messages, pointers);
  if (total < settings.softTrimRatio * windowLength) return pointers;

  let planned = pointers;
  const trimmed = { ...pointers, softTrimBefore: Math.max(pointers.softTrimBefore, endOf(prunable)) };
  const gain = sizeOf(prunable, pointers) - sizeOf(prunable, trimmed);
  if (gain > 0 && gain >= SOFT_TRIM_MIN_GAIN_RATIO * windowLength) {
    planned = trimmed;
    total -= gain;
  }

  const left = prunable.filter((message) => message.seq >= planned.hardClearBefore);
  const clearable = settings.hardClear.enabled && sizeOf(left, planned) >= settings.minPrunableToolChars;
  if (!clearable || total < settings.hardClearRatio * windowLength) return planned;
  const goal = (settings.hardClearRatio - HARD_CLEAR_MARGIN_RATIO) * windowLength;
  for (const message of left) {
    if (total < goal) break;
    const cleared = { ...planned, hardClearBefore: message.seq + 1 };
    total -= sizeOf([message], planned) - sizeOf([message], cleared);
    planned = cleared;
  }
  return planned;
}

/** Tool results between the first user message and the protected end. */
function prunableResults(
  messages: readonly TranscriptMessage[],
  settings: PruningSettings,
): readonly TranscriptMessage[] {
  const firstUser = messages.findIndex((message) => message.role === 'user');
  if (firstUser < 0) return [];
  let assistants = 0;
  let end = messages.length;
  while (end > 0 && assistants < settings.keepLastAssistants) {
    end -= 1;
    if (messages[end]?.role === 'assistant') assistants += 1;
  }
  if (assistants < settings.keepLastAssistants) return [];
  return messages.slice(firstUser, Math.max(firstUser, end)).filter((message) => message.role === 'tool');
}

function endOf(prunable: readonly TranscriptMessage[]): number {
  return (prunable.at(-1)?.seq ?? -1) + 1;
}
