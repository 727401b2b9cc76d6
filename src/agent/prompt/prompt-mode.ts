import type { PromptMode } from './prompt-input.js';

const MINIMAL_SCOPES: ReadonlySet<string | undefined> = new Set(['subagent', 'cron']);

/** Session keys `agent:{agent}:subagent:…` and `agent:{agent}:cron:…` (also without `agent:{agent}:`) are minimal. */
export function promptModeOf(sessionKey: string): PromptMode {
  const parts = sessionKey.split(':');
  const scope = parts[0] === 'agent' ? parts[2] : parts[0];
  return MINIMAL_SCOPES.has(scope) ? 'minimal' : 'full';
}
