import type { NewRun } from '#store';
import { type AbortReason, RunAborted } from './run-aborted.js';

/** A run that has its session's turn in this process. */
interface ActiveRun {
  readonly run: NewRun;
  readonly controller: AbortController;
  /** It is being worked on, or about to be: nobody else may take it over for being left. */
  isLeased: boolean;
  /** Other clients wait for its answer too: their messages are part of it. */
  isShared: boolean;
}

/** The runs that this process has in hand, from their turn to their end. */
export class ActiveRuns {
  private readonly runs = new Map<string, ActiveRun>();
  /** Refused while it was unknown whether they were written: on their way out, and nobody's to take up. */
  private readonly withdrawn = new Map<string, Promise<void>>();

  get count(): number {
    return this.runs.size;
  }

  get all(): readonly NewRun[] {
    return [...this.runs.values()].map(({ run }) => run);
  }

  /** Runs whose leases are this process's. */
  get leased(): readonly string[] {
    return [...this.runs].filter(([, { isLeased }]) => isLeased).map(([id]) => id);
  }

  /** Runs that only look as if nobody worked on them. */
  get held(): readonly string[] {
    return [...this.runs.keys(), ...this.withdrawn.keys()];
  }

  /** Nobody may take the run for left: it is in hand, or on its way out. */
  holds(runId: string): boolean {
    return this.runs.has(runId) || this.withdrawn.has(runId);
  }

  /** The run has the turn; returns what aborts when it is to be stopped. */
  begin(run: NewRun): AbortSignal {
    const controller = new AbortController();
    this.runs.set(run.id, { run, controller, isLeased: false, isShared: false });
    return controller.signal;
  }

  leasedNow(runId: string): void {
    const active = this.runs.get(runId);
    if (active) active.isLeased = true;
  }

  /** Other clients wait for its answer too. */
  share(runId: string): void {
    const active = this.runs.get(runId);
    if (active) active.isShared = true;
  }

  end(runId: string): void {
    this.runs.delete(runId);
  }

  /** Until `withdrawal` is settled nobody may take the run up. */
  withdraw(runId: string, withdrawal: Promise<void>): void {
    this.withdrawn.set(runId, withdrawal);
    void withdrawal.finally(() => this.withdrawn.delete(runId));
  }

  /** When nothing stays of a run that is on its way out. */
  withdrawal(runId: string): Promise<void> | undefined {
    return this.withdrawn.get(runId);
  }

  has(runId: string): boolean {
    return this.runs.has(runId);
  }

  /** `false`: the client that left was not the only one to wait for its answer. */
  abort(runId: string, reason: AbortReason): boolean {
    const active = this.runs.get(runId);
    if (!active || (reason === 'disconnect' && active.isShared)) return false;
    active.controller.abort(new RunAborted(reason));
    return true;
  }

  abortAll(reason: AbortReason): void {
    for (const { controller } of this.runs.values()) controller.abort(new RunAborted(reason));
  }
}
