import { Injectable } from '@nestjs/common';
import { Database, isOutcomeUnknown, type NewRun, Replicas, RunStore } from '#store';
import { Acceptance } from './acceptance.js';
import { RunWorker, type Started } from './run-worker.js';
import { SchedulerError } from './scheduler.errors.js';
import { Shutdown } from './shutdown.js';

/** How runs are written, and how they get their leases. */
@Injectable()
export class RunStart {
  constructor(
    private readonly runs: RunStore,
    private readonly database: Database,
    private readonly acceptance: Acceptance,
    private readonly worker: RunWorker,
    private readonly replicas: Replicas,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * Accepts a run with its lease, or in its place behind others that are open in its session, if it has room to wait.
   * `undefined`: a run with its idempotency key exists, or its session is gone.
   * @throws SchedulerError `overloaded`; StoreError. Then see {@link withdraw}.
   */
  async accept(
    run: NewRun,
    hasRoom: () => boolean,
  ): Promise<Started | { readonly position: number } | undefined> {
    const terms = await this.worker.terms(run);
    const lease = await this.acceptance.commit(() => this.runs.acceptAndStart(run, terms));
    if (lease) return { lease, limitMs: terms.limitMs };
    if (!run.sessionId) return undefined;
    if (!hasRoom()) throw new SchedulerError('overloaded');
    const position = await this.enqueue(run);
    return position === undefined ? undefined : { position };
  }

  /** Accepts a run that waits; returns its place. `undefined` as {@link accept}. */
  enqueue(run: NewRun): Promise<number | undefined> {
    return this.acceptance.commit(() => this.runs.accept(run, this.replicas.id));
  }

  /** Makes certain that nothing of a run stays whose acceptance failed with `error`. Never rejects. */
  withdraw(run: NewRun, error: unknown): Promise<void> {
    const withdrawal = this.acceptance.withdraw(run.id, error, this.shutdown.signal);
    if (isOutcomeUnknown(error)) this.worker.active.withdraw(run.id, withdrawal);
    return withdrawal;
  }

  /**
   * Takes the lease of a waiting run. An abort does not stop that, because what was written would stay unknown: the
   * run is ended under its lease.
   */
  take(
    run: NewRun,
    messages: NewRun['input']['messages'],
    merged: readonly string[],
  ): Promise<Started | 'not-yet' | 'gone'> {
    return this.database.insist(async () => {
      const terms = await this.worker.terms(run);
      const lease = await this.runs.start(run.id, messages, terms, merged);
      return typeof lease === 'string' ? lease : { lease, limitMs: terms.limitMs };
    }, this.shutdown.signal);
  }
}
