/** `agents.defaults.contextPruning`: how old tool results are shortened. Lengths are in code points. */
export interface PruningSettings {
  readonly mode: 'off' | 'cache-ttl';
  /** Everything from this many assistant messages before the end on is left alone. */
  readonly keepLastAssistants: number;
  /** Share of the context window from which on long results are trimmed. */
  readonly softTrimRatio: number;
  /** Share of the context window from which on results are cleared. */
  readonly hardClearRatio: number;
  /** Results are cleared only when there is at least this much to clear. */
  readonly minPrunableToolChars: number;
  readonly softTrim: { readonly maxChars: number; readonly headChars: number; readonly tailChars: number };
  readonly hardClear: { readonly enabled: boolean; readonly placeholder: string };
}

export const DEFAULT_PRUNING_SETTINGS: PruningSettings = {
  mode: 'off',
  keepLastAssistants: 3,
  softTrimRatio: 0.3,
  hardClearRatio: 0.5,
  minPrunableToolChars: 50_000,
  softTrim: { maxChars: 4_000, headChars: 1_500, tailChars: 1_500 },
  hardClear: { enabled: true, placeholder: '[Old tool result content cleared]' },
};

/**
 * What was decided about a session's tool results: those before `softTrimBefore` are trimmed, those before
 * `hardClearBefore` cleared. Stored with the session, moves only forward: between two moves the history is the
 * same bytes, which keeps the provider's prompt cache valid.
 */
export interface PruningPointers {
  readonly softTrimBefore: number;
  readonly hardClearBefore: number;
}

/** Nothing is pruned. */
export const NO_PRUNING: PruningPointers = { softTrimBefore: 0, hardClearBefore: 0 };
