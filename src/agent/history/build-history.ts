import type { LlmMessage } from '#contracts';
import { applyPruning } from './apply-pruning.js';
import { limitTurns } from './limit-turns.js';
import { planPruning } from './plan-pruning.js';
import type { PruningPointers, PruningSettings } from './pruning-settings.js';
import { repairPairing } from './repair-pairing.js';
import { toLlmMessages } from './to-llm-messages.js';
import type { TranscriptMessage } from './transcript-message.js';

export interface HistoryInput {
  /** The session's window, with the current user message as it was stored. */
  readonly messages: readonly TranscriptMessage[];
  /** Of what came before the window. */
  readonly summary?: string;
  /** User messages to show; 0 shows all. */
  readonly maxTurns: number;
  /** As stored with the session. */
  readonly pointers: PruningPointers;
  readonly pruning: PruningSettings;
  readonly contextWindowTokens: number;
}

export interface History {
  readonly messages: readonly LlmMessage[];
  /** To be stored when they differ from the given ones; the same object when they do not. */
  readonly pointers: PruningPointers;
}

/** The history as a model is shown it: limit turns, prune old tool results, repair pairing. */
export function buildHistory(input: HistoryInput): History {
  const limited = limitTurns(input.messages, input.maxTurns);
  const pointers = planPruning(limited, input.pointers, input.pruning, input.contextWindowTokens);
  const pruned = applyPruning(limited, pointers, input.pruning);
  return { messages: toLlmMessages(repairPairing(pruned), input.summary), pointers };
}
