import { Injectable } from '@nestjs/common';
import type { Caller, RunEvent } from '#contracts';
import { Clock } from '#kernel';
import type { LogPosition } from '#protocol';
import { Scheduler } from '#scheduler';
import { type RunRecord, RunStore } from '#store';
import { loggedRunOf, RemoteRuns } from '../replicas/remote-runs.js';
import { behind, endingOf, isEnd } from './log-ending.js';
import { RunLog } from './run-log.js';
import { isOpen } from './run-result.js';
import { LOG_START } from './standing-events.js';

/** How often, and how long, the end of an ended run's log is waited for: its replica writes it within 250 ms. */
const LOOKS_MAX = 5;
const LOOK_INTERVAL_MS = 200;

/** Following the log of a run, whichever replica writes it. */
@Injectable()
export class RunWatch {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly runs: RunStore,
    private readonly log: RunLog,
    private readonly remote: RemoteRuns,
    private readonly clock: Clock,
  ) {}

  /** See `RunService.follow`. `undefined`: the caller has no such run. */
  async follow(
    caller: Caller,
    runId: string,
    after: LogPosition = LOG_START,
    listener: (event: RunEvent) => void,
  ): Promise<(() => void) | undefined> {
    if (this.isOpenHere(caller, runId)) return this.log.follow(runId, after, listener);
    const record = await this.runs.find(caller, runId);
    if (!record) return undefined;
    if (!isOpen(record)) return this.followEnded(record, after, listener);
    // First: what comes while the past is read must not be missed.
    const unfollow = await this.remote.followFromNow(loggedRunOf(record));
    try {
      const end = await this.log.follow(runId, after, listener);
      return () => {
        end();
        unfollow();
      };
    } catch (error) {
      unfollow();
      throw error;
    }
  }

  /**
   * The last events of a run that has ended are on their way to the table for a moment; those of a run whose process
   * was killed at its end are not, and are made from its row.
   */
  private async followEnded(
    record: RunRecord,
    after: LogPosition,
    listener: (event: RunEvent) => void,
  ): Promise<() => void> {
    let seen = after;
    let hasEnded = false;
    const see = (event: RunEvent): void => {
      seen = { attempt: event.attempt, seq: event.seq };
      hasEnded ||= isEnd(event);
      listener(event);
    };
    for (let looks = 1; ; looks++) {
      const unfollow = await this.log.follow(record.id, seen, see);
      if (hasEnded) return unfollow;
      unfollow();
      const logged = await this.log.read(record.id);
      // The end came meanwhile, or was seen before.
      if (logged.some(isEnd)) return this.log.follow(record.id, seen, listener);
      if (looks < LOOKS_MAX) await this.clock.wait(LOOK_INTERVAL_MS);
      else {
        behind(endingOf(record, logged), seen).forEach(listener);
        return () => undefined;
      }
    }
  }

  private isOpenHere(caller: Caller, runId: string): boolean {
    return this.scheduler.open((run) => run.id === runId && run.caller.userId === caller.userId).length > 0;
  }
}
