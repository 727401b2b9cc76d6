import { Injectable, Logger } from '@nestjs/common';
import { Clock, newId } from '#kernel';
import { isSessionBusy, type NewRun } from '#store';
import { QueueKeeper } from './queue-keeper.js';
import type { AbortReason } from './run-aborted.js';
import { RunStart } from './run-start.js';
import { RunTurns } from './run-turns.js';
import { RunWorker } from './run-worker.js';
import { SchedulerError } from './scheduler.errors.js';
import type { SessionQueue } from './session-queue.js';
import { Shutdown } from './shutdown.js';
import { WaitingRuns } from './waiting-runs.js';

/** Time that stopped runs get to let go of what they hold. */
const ABORT_SETTLE_MS = 3_000;

/** Changes to one conversation that may wait for its turn. */
const TASKS_MAX = 100;

/** While another replica has a session's turn, a task looks at this interval whether it is free, for so long. */
const BUSY_POLL_MS = 100;
const BUSY_MAX_MS = 20_000;

export interface SubmitOptions {
  /** Called once the run is committed, before anything of it happens. */
  readonly onAccepted: () => void;
  /** How long a run waits for more messages before it starts. */
  readonly debounceMs?: number;
}

/**
 * Decides when runs go: first the turn of their session (one run at a time), then a slot of their lane. A waiting
 * run holds no slot. The rows of `runs` are the authority, over all replicas; this is the order in which this one
 * asks for their leases.
 */
@Injectable()
export class Scheduler {
  private readonly logger = new Logger('Scheduler');

  constructor(
    private readonly turns: RunTurns,
    private readonly start: RunStart,
    private readonly worker: RunWorker,
    private readonly waiting: WaitingRuns,
    private readonly keeper: QueueKeeper,
    private readonly shutdown: Shutdown,
    private readonly clock: Clock,
  ) {}

  /** Runs that are going here. */
  get activeCount(): number {
    return this.worker.active.count;
  }

  /** Runs that are going or waiting here, if `matches`. */
  open(matches: (run: NewRun) => boolean): NewRun[] {
    const queued = this.turns.queues.all.flatMap((queue) => queue.waitingRuns.map(({ run }) => run));
    return [...this.worker.active.all, ...queued].filter(matches);
  }

  /**
   * Commits a run and starts it now or in its turn. `false`: a run with its idempotency key exists, or its session
   * is gone.
   * @throws SchedulerError when there is no room, or the gateway is shutting down; StoreError when the database is away.
   */
  async submit(run: NewRun, options: SubmitOptions): Promise<boolean> {
    this.shutdown.requireOpen();
    const queue = this.turns.queueOf(run);
    if (queue.isIdle && !options.debounceMs && this.worker.slots(run.lane).tryAcquire())
      return this.worker.track(this.startNow(queue, run, options));
    try {
      this.waiting.requireRoom(queue);
    } catch (error) {
      this.turns.queues.pump(queue);
      throw error;
    }
    return this.worker.track(this.enqueue(queue, run, options));
  }

  /** A run that was refused while it was unknown whether it was written: when nothing of it stays. */
  withdrawal(runId: string): Promise<void> | undefined {
    return this.worker.active.withdrawal(runId);
  }

  /**
   * Does `work` in the session's turn, when no run of it is going. Takes no lane slot.
   * @throws SchedulerError when the gateway is shutting down, too many others wait, or a run of another replica does
   *   not end.
   */
  async inTurn<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.shutdown.requireOpen();
    const queue = this.turns.queues.of(sessionId);
    if (queue.waiting.filter(({ run }) => !run).length >= TASKS_MAX) throw new SchedulerError('queue-full');
    return new Promise<T>((resolve, reject) => {
      const begin = (): Promise<void> => this.whenFree(work).then(resolve, reject);
      const position = Number.POSITIVE_INFINITY;
      this.turns.queues.push(queue, { id: newId(), notBefore: 0, position, begin });
    });
  }

  /**
   * Stops a run of this replica, going or waiting. `false`: it is neither, or the client that left was not the only
   * one to wait for its answer.
   */
  async abort(runId: string, reason: AbortReason): Promise<boolean> {
    const { active } = this.worker;
    return active.has(runId) ? active.abort(runId, reason) : this.turns.abortWaiting(runId, reason);
  }

  /**
   * No more starts; runs that go get `graceMs` to end, then are stopped without an end: their rows, and those that
   * wait, are for others to take. Idempotent.
   */
  async drain(graceMs: number): Promise<void> {
    this.shutdown.drain();
    this.turns.queues.stop();
    await Promise.race([this.worker.idle(), this.clock.wait(graceMs)]);
    const { active } = this.worker;
    if (active.count > 0) this.logger.warn(`${active.count} runs did not end within ${graceMs} ms`);
    active.abortAll('shutdown');
    this.shutdown.stopWaiting();
    await Promise.race([this.worker.idle(), this.clock.wait(ABORT_SETTLE_MS)]);
  }

  private async startNow(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    const entry = this.turns.entryOf(queue, run);
    queue.current = entry;
    const signal = this.worker.active.begin(run);
    let accepted: Awaited<ReturnType<RunStart['accept']>>;
    try {
      accepted = await queue.accept(() => this.start.accept(run, () => this.waiting.room > 0));
    } catch (error) {
      this.worker.letGo(run);
      // Until it is certain that nothing of the run was written, no other one may have the session's turn.
      void this.start.withdraw(run, error).then(() => this.turns.queues.pass(queue));
      throw error;
    }
    if (accepted && 'lease' in accepted) {
      this.announce(run, options);
      const turn = this.turns.goOn(run, accepted, signal);
      void this.worker.track(turn.finally(() => this.turns.queues.pass(queue)));
      return true;
    }
    this.worker.letGo(run);
    if (accepted) {
      entry.position = accepted.position;
      this.waiting.add(run);
      queue.block(this.clock.monotonic());
      queue.insert(entry);
      this.announce(run, options);
    }
    this.turns.queues.pass(queue);
    if (accepted) await this.keeper.applyPolicy(queue, run);
    return accepted !== undefined;
  }

  private async enqueue(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    const entry = this.turns.entryOf(queue, run, undefined, options.debounceMs);
    queue.push(entry);
    this.waiting.add(run);
    try {
      entry.position = await queue.accept(() => this.start.enqueue(run));
    } catch (error) {
      void this.start.withdraw(run, error);
      throw error;
    } finally {
      if (entry.position === undefined) {
        this.waiting.leaveQueue(queue, entry);
        // Who is behind it waited for it to become ready, or to go.
        this.turns.queues.pump(queue);
      }
    }
    if (entry.position === undefined) return false;
    this.announce(run, options);
    await this.keeper.applyPolicy(queue, run).finally(() => this.turns.queues.pump(queue));
    return true;
  }

  private announce(run: NewRun, { onAccepted }: SubmitOptions): void {
    try {
      onAccepted();
    } catch (error) {
      // It is committed: it must go on, whatever became of whoever asked.
      this.logger.error(`run ${run.id} could not be announced`, error);
    }
  }

  private async whenFree<T>(work: () => Promise<T>): Promise<T> {
    for (const begun = this.clock.monotonic(); ; await this.clock.wait(BUSY_POLL_MS, this.shutdown.signal)) {
      try {
        return await work();
      } catch (error) {
        if (!isSessionBusy(error)) throw error;
        if (this.clock.monotonic() - begun > BUSY_MAX_MS) throw new SchedulerError('session-busy');
      }
    }
  }
}
