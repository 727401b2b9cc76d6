/**
 * Why a run's signal aborted. `user`: somebody asked. `deadline`: its wall clock ran out. `interrupt`: a newer
 * message took its place. `disconnect`: its HTTP request was closed. `shutdown`: the gateway stops; the run's row
 * stays as it is, for whoever goes on. `lease-lost`: somebody else works on it, or may.
 */
export const ABORT_REASONS = [
  'user',
  'deadline',
  'interrupt',
  'disconnect',
  'shutdown',
  'lease-lost',
] as const;
export type AbortReason = (typeof ABORT_REASONS)[number];

const TEXTS: Record<AbortReason, string> = {
  user: 'The run was aborted.',
  deadline: 'The run reached its time limit (agents.defaults.run_timeout_sec).',
  interrupt: 'The run was interrupted by a newer message.',
  disconnect: 'The run was aborted: its request was closed.',
  shutdown: 'The gateway is shutting down.',
  'lease-lost': 'The run was taken over by another process.',
};

/** The reason of every aborted run signal. */
export class RunAborted extends Error {
  constructor(readonly reason: AbortReason) {
    super(TEXTS[reason]);
    this.name = 'RunAborted';
  }
}

/** Why a signal aborted; `user` for a signal that was aborted without one of ours. */
export function abortReasonOf(signal: AbortSignal): AbortReason {
  return signal.reason instanceof RunAborted ? signal.reason.reason : 'user';
}

/** A reason that another replica wrote; `user` for one that this program does not know. */
export function readAbortReason(text: string): AbortReason {
  return ABORT_REASONS.find((reason) => reason === text) ?? 'user';
}
