import { Injectable } from '@nestjs/common';
import type { Caller, RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import { Scheduler } from '#scheduler';
import { RunStore } from '#store';
import { loggedRunOf, RemoteRuns } from '../replicas/remote-runs.js';
import { RunLog } from './run-log.js';
import { isOpen } from './run-result.js';
import { LOG_START } from './standing-events.js';

/** Following the log of a run, whichever replica writes it. */
@Injectable()
export class RunWatch {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly runs: RunStore,
    private readonly log: RunLog,
    private readonly remote: RemoteRuns,
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
    if (!isOpen(record)) return this.log.follow(runId, after, listener);
    // First: what comes while the past is read must not be missed.
    const unfollow = this.remote.follow(loggedRunOf(record));
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

  private isOpenHere(caller: Caller, runId: string): boolean {
    return this.scheduler.open((run) => run.id === runId && run.caller.userId === caller.userId).length > 0;
  }
}
