import { Injectable } from '@nestjs/common';
import type { LogPosition } from '#protocol';
import { Notifications } from '#store';
import type { LoggedRun } from '../runs/log-buffer.js';
import { RunInterest } from './run-interest.js';

/** A part of a run's log that is in the table: behind `from`, up to `to`. */
export interface SavedPart {
  readonly run: LoggedRun;
  readonly from: LogPosition;
  readonly to: LogPosition;
}

/** What one replica tells another of a run's log. */
export interface RunSignal {
  readonly runId: string;
  readonly from: LogPosition;
  readonly to: LogPosition;
}

/** Tells other replicas that events of runs that they want are in the table. */
@Injectable()
export class RunBeacon {
  constructor(
    private readonly interest: RunInterest,
    private readonly notifications: Notifications,
  ) {}

  /** Whether somebody elsewhere waits for the run's events: then they are to be saved soon. */
  isWanted(run: LoggedRun): boolean {
    return this.interest.isWantedElsewhere(run);
  }

  saved({ run, from, to }: SavedPart): void {
    if (this.isWanted(run)) this.notifications.publish('runs', encodeSignal({ runId: run.runId, from, to }));
  }
}

function encodeSignal({ runId, from, to }: RunSignal): string {
  return `${runId} ${from.attempt} ${from.seq} ${to.attempt} ${to.seq}`;
}

/** `undefined` for what no replica sends. */
export function readSignal(message: string): RunSignal | undefined {
  const [runId, ...numbers] = message.split(' ');
  const [fromAttempt, fromSeq, toAttempt, toSeq] = numbers.map(Number);
  if (!runId || fromAttempt === undefined || fromSeq === undefined) return undefined;
  if (toAttempt === undefined || toSeq === undefined || numbers.length !== 4) return undefined;
  return {
    runId,
    from: { attempt: fromAttempt, seq: fromSeq },
    to: { attempt: toAttempt, seq: toSeq },
  };
}
