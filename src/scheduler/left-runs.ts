import { Injectable, Logger } from '@nestjs/common';
import { LeaseStore, type LeftRun, type NewRun, Replicas } from '#store';
import { ReservedSlots } from './reserved-slots.js';
import { type GivenUp, RunExecutor } from './run-executor.port.js';
import { readAbortReason } from './run-aborted.js';
import { RunTurns } from './run-turns.js';
import { RunWorker } from './run-worker.js';
import { WaitingRuns } from './waiting-runs.js';

/** Runs that are looked at per sweep. */
const BATCH = 200;

/** A run whose process ended this often while it went is not begun once more: it may be what ends it. */
export const INTERRUPTIONS_MAX = 3;

const CLIENT_GONE: GivenUp = {
  code: 'UNAVAILABLE',
  message: 'interrupted: the gateway stopped while the run was going. Send the request again.',
};

const GIVEN_UP: GivenUp = {
  code: 'UNAVAILABLE',
  message: `interrupted: the gateway stopped ${INTERRUPTIONS_MAX} times while the run was going, so it is given up. Send the message again, or look into its trace for what it did last.`,
};

const NOT_BEGUN = {
  state: 'failed',
  code: 'UNAVAILABLE',
  message: 'The gateway was restarted. Send the request again.',
} as const;

/** Takes up what other replicas, or an earlier life of this one, left behind. */
@Injectable()
export class LeftRuns {
  private readonly logger = new Logger('LeftRuns');
  /** Waiting runs may have been adopted without being in a queue here: the answer of the database was lost. */
  private mayHaveLostSome = false;

  constructor(
    private readonly leases: LeaseStore,
    private readonly worker: RunWorker,
    private readonly slots: ReservedSlots,
    private readonly turns: RunTurns,
    private readonly waiting: WaitingRuns,
    private readonly executor: RunExecutor,
    private readonly replicas: Replicas,
  ) {}

  /** Interrupted runs: as many as there are slots for go on, or end. Returns how many that are. */
  async resume(gone: readonly string[]): Promise<number> {
    const left = await this.leases.leftRunning(this.replicas.id, this.worker.active.held, gone, BATCH);
    let taken = 0;
    for (const run of left) if (await this.takeOver(run)) taken += 1;
    return taken;
  }

  /** Waiting runs get a place in a queue here, as far as there is room. Returns how many that are. */
  async adopt(gone: readonly string[]): Promise<number> {
    const limit = Math.min(BATCH, this.waiting.room);
    if (limit === 0) return 0;
    const known = this.mayHaveLostSome ? [...this.worker.active.held, ...this.waiting.ids] : undefined;
    const left = await this.orSearch(() => this.leases.adopt(this.replicas.id, gone, limit, known));
    if (left.length < limit) this.mayHaveLostSome = false;
    let taken = 0;
    for (const run of left) if (await this.takeIn(run)) taken += 1;
    return taken;
  }

  /** The turn of a session may be free for a run that waits here. */
  wake(sessionId: string): void {
    this.turns.queues.wake(sessionId);
  }

  /** The next waiting run of a session, whoever has it, when it can begin here at once. */
  async adoptNext(sessionId: string): Promise<void> {
    const hasRoom = this.waiting.room > 0 && this.worker.slots('main').isFree;
    const next = hasRoom && (await this.orSearch(() => this.leases.adoptNext(this.replicas.id, sessionId)));
    if (next) this.turns.adopt(next);
    else this.wake(sessionId);
  }

  /** After an adoption that may have been committed all the same, the next sweep looks for its runs. */
  private async orSearch<T>(adopt: () => Promise<T>): Promise<T> {
    try {
      return await adopt();
    } catch (error) {
      this.mayHaveLostSome = true;
      throw error;
    }
  }

  /** `false`: it could not be ended, and is looked for again. The others must not wait for it. */
  private async takeIn(left: LeftRun): Promise<boolean> {
    if (this.worker.active.holds(left.run.id)) return false;
    try {
      if (isClientGone(left.run)) await this.waiting.close(left.run, NOT_BEGUN, NOT_BEGUN.message);
      else this.turns.adopt(left);
      return true;
    } catch (error) {
      this.logger.warn(`run ${left.run.id} could not be ended, and is tried again: ${String(error)}`);
      this.mayHaveLostSome = true;
      return false;
    }
  }

  private async takeOver(left: LeftRun): Promise<boolean> {
    // Begun here while it was looked for, or too late.
    if (this.worker.active.holds(left.run.id) || !this.slots.take(left.run.lane)) return false;
    const { run, attempt, interruptions, abortReason } = left;
    // In hand before it is leased, so that no sweep takes it for left.
    const signal = this.worker.active.begin(run);
    try {
      const terms = await this.worker.terms(run);
      const lease = await this.leases.takeOver(left, terms);
      if (!lease) {
        this.worker.letGo(run);
        return false;
      }
      if (abortReason !== undefined) this.worker.active.abort(run.id, readAbortReason(abortReason));
      const failure = isClientGone(run)
        ? CLIENT_GONE
        : interruptions >= INTERRUPTIONS_MAX
          ? GIVEN_UP
          : undefined;
      this.logger.warn(
        `run ${run.id} was interrupted; ${failure ? 'it is ended' : `attempt ${attempt + 1}`}`,
      );
      const work =
        failure && abortReason === undefined
          ? this.executor.giveUp(run, lease, failure).finally(() => this.worker.letGo(run))
          : this.turns.goOn(run, { lease, limitMs: terms.limitMs }, signal);
      void this.worker.track(work);
      return true;
    } catch (error) {
      this.worker.letGo(run);
      throw error;
    }
  }
}

/** Its client sends the request again by itself, and does not know this one. */
function isClientGone({ origin, input }: NewRun): boolean {
  return origin === 'http' && !input.detached;
}
