import type { TranscriptMessage } from './transcript-message.js';

/** A session with more messages in its window is compacted, however short they are. */
export const COMPACTION_MAX_MESSAGES = 50;

/** Messages that compaction leaves in the window. */
export const COMPACTION_KEEP_MESSAGES = 4;

/** `agents.defaults.compaction`, as far as it concerns when to compact. */
export interface CompactionSettings {
  /** Share of the context window that the history may take. */
  readonly maxHistoryShare: number;
}

export const DEFAULT_COMPACTION_SETTINGS: CompactionSettings = { maxHistoryShare: 0.75 };

export function needsCompaction(
  messageCount: number,
  tokens: number,
  contextWindowTokens: number,
  settings: CompactionSettings,
): boolean {
  return messageCount > COMPACTION_MAX_MESSAGES || tokens > settings.maxHistoryShare * contextWindowTokens;
}

export interface CompactionSplit {
  /** To be summarised; never empty. */
  readonly old: readonly TranscriptMessage[];
  /** To stay in the window; its first message is the window's new beginning. Never empty. */
  readonly kept: readonly TranscriptMessage[];
}

/**
 * Divides a window before its last `keep` messages, or earlier where that would part a tool call from its
 * results. `undefined`: there is nothing to summarise.
 */
export function splitForCompaction(
  messages: readonly TranscriptMessage[],
  keep: number = COMPACTION_KEEP_MESSAGES,
): CompactionSplit | undefined {
  let at = messages.length - Math.max(1, keep);
  while (at > 0 && messages[at]?.role === 'tool') at -= 1;
  return at > 0 ? { old: messages.slice(0, at), kept: messages.slice(at) } : undefined;
}
