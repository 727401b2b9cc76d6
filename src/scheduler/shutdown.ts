import { Injectable } from '@nestjs/common';
import { RunAborted } from './run-aborted.js';
import { SchedulerError } from './scheduler.errors.js';

/** How far the end of this process is. */
@Injectable()
export class Shutdown {
  private readonly controller = new AbortController();
  private begun = false;

  /** No more runs begin. */
  get isDraining(): boolean {
    return this.begun;
  }

  /** Aborts when nothing is waited for any more, not even the database. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** @throws SchedulerError `draining` */
  requireOpen(): void {
    if (this.begun) throw new SchedulerError('draining');
  }

  drain(): void {
    this.begun = true;
  }

  stopWaiting(): void {
    this.controller.abort(new RunAborted('shutdown'));
  }
}
