import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';

/** One entry of a run's log. Immutable. */
export type RunEvent = {
  [T in RunEventType]: LogPosition & {
    readonly runId: string;
    readonly type: T;
    readonly payload: RunEventPayloads[T];
  };
}[RunEventType];
