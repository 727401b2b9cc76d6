import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import type { Lane } from '#contracts';
import { Clock, newId } from '#kernel';
import { Database, type Lease, type LeaseTerms, type NewRun, RunStore } from '#store';
import { Acceptance } from './acceptance.js';
import { type LaneSlots, laneSlots } from './lane-slots.js';
import { droppedBy, mergeKeyOf } from './queue-policy.js';
import { type AbortReason, abortReasonOf, RunAborted } from './run-aborted.js';
import type { ClosedRun, RunExecutor } from './run-executor.port.js';
import { laneLimits, type QueueConfig, SchedulerConfig } from './scheduler.config.js';
import { SchedulerError } from './scheduler.errors.js';
import type { QueueEntry, RunEntry, SessionQueue } from './session-queue.js';
import { TurnQueues } from './turn-queues.js';

/** Time that stopped runs get to let go of what they hold. */
const ABORT_SETTLE_MS = 3_000;

/** Runs that may wait in one process, over all sessions. */
const WAITING_MAX = 10_000;

export interface SubmitOptions {
  /** Called once the run is committed, before anything of it happens. */
  readonly onAccepted: () => void;
  /** How long a run waits for more messages before it starts. */
  readonly debounceMs?: number;
}

interface ActiveRun {
  readonly run: NewRun;
  readonly controller: AbortController;
  /** Other clients wait for its answer too: their messages are part of it. */
  isShared: boolean;
}

/** A run that may be worked on, and for how long. */
interface Started {
  readonly lease: Lease;
  readonly limitMs: number;
}

const NOT_STARTED = {
  state: 'failed',
  code: 'INTERNAL',
  message: 'The run could not be started, for a reason that was logged. Send the message again.',
} as const;

/**
 * Decides when runs go: first the turn of their session (one run at a time), then a slot of their lane. A waiting
 * run holds no slot. The rows of `runs` are the authority; this is the order in which their leases are taken.
 */
@Injectable()
export class Scheduler {
  private readonly logger = new Logger('Scheduler');
  private readonly processId = newId();
  private readonly lanes: Record<Lane, LaneSlots>;
  private readonly policy: Readonly<QueueConfig>;
  private readonly queues: TurnQueues;
  private readonly active = new Map<string, ActiveRun>();
  private readonly works = new Set<Promise<unknown>>();
  /** Aborts when the shutdown stops waiting for the database. */
  private readonly stopping = new AbortController();
  /** Accepted runs without a lane slot. */
  private waitingRuns = 0;
  private draining = false;
  private executor: RunExecutor | undefined;

  constructor(
    private readonly runs: RunStore,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly acceptance: Acceptance,
    config: ConfigService,
  ) {
    this.queues = new TurnQueues(clock, (turn) => void this.track(turn));
    this.lanes = laneSlots(laneLimits(config));
    this.policy = config.get(SchedulerConfig).queue;
  }

  /** Says who does the work. Once, before the first run. */
  executeWith(executor: RunExecutor): void {
    this.executor = executor;
  }

  /** Runs that are going. */
  get activeCount(): number {
    return this.active.size;
  }

  /** Runs that are going or waiting, by their owner and whatever else `matches` asks. */
  open(matches: (run: NewRun) => boolean): NewRun[] {
    const running = [...this.active.values()].map(({ run }) => run);
    const waiting = this.queues.all.flatMap((queue) => queue.waitingRuns.map(({ run }) => run));
    return [...running, ...waiting].filter(matches);
  }

  /**
   * Commits a run and starts it now or in its turn. `false`: a run with its idempotency key exists, or its session
   * is gone.
   * @throws SchedulerError when there is no room, or the gateway is shutting down; StoreError when the database is away.
   */
  async submit(run: NewRun, options: SubmitOptions): Promise<boolean> {
    if (this.draining) throw new SchedulerError('draining');
    const queue = this.queues.of(turnKey(run));
    if (queue.isIdle && !options.debounceMs && this.lanes[run.lane].tryAcquire())
      return this.track(this.startNow(queue, run, options));
    this.requireRoom(queue);
    return this.track(this.enqueueNew(queue, run, options));
  }

  /** Puts a run back that was accepted before a restart. */
  requeue(run: NewRun): void {
    const queue = this.queues.of(turnKey(run));
    this.waitingRuns += 1;
    this.queues.push(queue, this.runEntry(queue, run, { ready: true }));
  }

  /**
   * Does `work` in the session's turn, when no run of it is going. Takes no lane slot.
   * @throws SchedulerError when the gateway is shutting down.
   */
  async inTurn<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    if (this.draining) throw new SchedulerError('draining');
    const queue = this.queues.of(sessionId);
    return new Promise<T>((resolve, reject) => {
      const begin = (): Promise<void> => work().then(resolve, reject);
      this.queues.push(queue, { id: newId(), notBefore: 0, ready: true, begin });
    });
  }

  /**
   * Stops a run, going or waiting. `false`: it is neither, or the client that left was not the only one to wait for
   * its answer.
   */
  async abort(runId: string, reason: AbortReason): Promise<boolean> {
    const running = this.active.get(runId);
    if (running) {
      if (reason === 'disconnect' && running.isShared) return false;
      running.controller.abort(new RunAborted(reason));
      return true;
    }
    for (const queue of this.queues.all) {
      const entry = queue.waitingRuns.find(({ id }) => id === runId);
      if (!entry) continue;
      this.leaveQueue(queue, entry);
      this.queues.pump(queue);
      await this.close(entry.run, { state: 'aborted' }, new RunAborted(reason).message);
      return true;
    }
    return false;
  }

  /**
   * No more starts; runs that go get `graceMs` to end, then are stopped without an end: their rows, and those that
   * wait, are for the next start. Idempotent.
   */
  async drain(graceMs: number): Promise<void> {
    this.draining = true;
    this.queues.stop();
    await Promise.race([this.idle(), this.clock.wait(graceMs)]);
    if (this.active.size > 0) this.logger.warn(`${this.active.size} runs did not end within ${graceMs} ms`);
    for (const { controller } of this.active.values()) controller.abort(new RunAborted('shutdown'));
    this.stopping.abort(new RunAborted('shutdown'));
    await Promise.race([this.idle(), this.clock.wait(ABORT_SETTLE_MS)]);
  }

  private async idle(): Promise<void> {
    while (this.works.size > 0) await Promise.allSettled(this.works);
  }

  private async startNow(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    queue.current = this.runEntry(queue, run, { ready: true });
    const { signal } = this.activate(run);
    let started: Started | undefined;
    try {
      started = await this.acceptStarted(run);
    } catch (error) {
      this.freeSlot(run);
      // Until it is certain that nothing of the run was written, no other one may have the session's turn.
      void this.acceptance.withdraw(run.id, error, this.stopping.signal).then(() => this.queues.pass(queue));
      throw error;
    }
    if (started) {
      this.announce(run, options);
      void this.track(this.work(run, started, signal).finally(() => this.endTurn(queue, run)));
    } else {
      this.endTurn(queue, run);
    }
    return started !== undefined;
  }

  private async acceptStarted(run: NewRun): Promise<Started | undefined> {
    const limitMs = await this.limitMs(run);
    const terms = this.terms(limitMs);
    const lease = await this.acceptance.commit(() => this.runs.acceptAndStart(run, terms));
    return lease && { lease, limitMs };
  }

  private async enqueueNew(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    const entry = this.runEntry(queue, run, { ready: false, debounceMs: options.debounceMs ?? 0 });
    queue.push(entry);
    this.waitingRuns += 1;
    try {
      entry.ready = await this.acceptance.commit(() => this.runs.accept(run));
    } catch (error) {
      void this.acceptance.withdraw(run.id, error, this.stopping.signal);
      throw error;
    } finally {
      if (!entry.ready) {
        this.leaveQueue(queue, entry);
        // Who is behind it waited for it to become ready, or to go.
        this.queues.pump(queue);
      }
    }
    if (!entry.ready) return false;
    this.announce(run, options);
    await this.applyPolicy(queue).finally(() => this.queues.pump(queue));
    return true;
  }

  private requireRoom(queue: SessionQueue): void {
    const isFull = this.policy.drop === 'new' && queue.waiting.length >= this.policy.cap;
    if (!isFull && this.waitingRuns < WAITING_MAX) return;
    this.queues.pump(queue);
    throw new SchedulerError(isFull ? 'queue-full' : 'overloaded');
  }

  private announce(run: NewRun, { onAccepted }: SubmitOptions): void {
    try {
      onAccepted();
    } catch (error) {
      // It is committed: it must go on, whatever became of whoever asked.
      this.logger.error(`run ${run.id} could not be announced`, error);
    }
  }

  private async applyPolicy(queue: SessionQueue): Promise<void> {
    const dropped = droppedBy(this.policy, queue.waitingRuns);
    for (const { entry } of dropped) this.leaveQueue(queue, entry);
    if (this.policy.mode === 'interrupt' && queue.current)
      this.active.get(queue.current.id)?.controller.abort(new RunAborted('interrupt'));
    const code = 'RESOURCE_EXHAUSTED';
    for (const { entry, message } of dropped)
      await this.close(entry.run, { state: 'dropped', message, code }, message);
  }

  private leaveQueue(queue: SessionQueue, entry: QueueEntry): void {
    if (queue.remove(entry.id)) this.waitingRuns -= 1;
  }

  private async close(
    run: NewRun,
    end: Exclude<ClosedRun, { state: 'merged' }>,
    message: string,
  ): Promise<void> {
    const code = end.state === 'aborted' ? 'FAILED_PRECONDITION' : end.code;
    await this.database.insist(
      () => this.runs.closeQueued(run.id, end.state, message, code),
      this.stopping.signal,
    );
    this.executor?.closed(run, end);
  }

  private runEntry(
    queue: SessionQueue,
    run: NewRun,
    options: { ready: boolean; debounceMs?: number },
  ): QueueEntry {
    return {
      id: run.id,
      run,
      ready: options.ready,
      notBefore: options.debounceMs ? this.clock.monotonic() + options.debounceMs : 0,
      ...(this.policy.mode === 'followup' && { mergeKey: mergeKeyOf(run) }),
      begin: () => this.runInTurn(queue, run),
    };
  }

  /** The session's turn is ours: wait for a slot, take the lease, work. */
  private async runInTurn(queue: SessionQueue, run: NewRun): Promise<void> {
    const { signal } = this.activate(run);
    const lane = this.lanes[run.lane];
    try {
      await lane.acquire(signal);
    } catch {
      this.active.delete(run.id);
      return await this.closeAborted(run, signal);
    } finally {
      this.waitingRuns -= 1;
    }
    try {
      if (!this.draining) await this.leaseAndWork(queue, run, signal);
    } finally {
      this.freeSlot(run);
    }
  }

  private async leaseAndWork(queue: SessionQueue, run: NewRun, signal: AbortSignal): Promise<void> {
    const merged = queue.takeMergeable();
    const messages = [run, ...merged.map((entry) => entry.run)].flatMap(({ input }) => input.messages);
    let started: Started | undefined;
    try {
      started = await this.start(run, messages, merged);
    } catch (error) {
      this.logger.error(`run ${run.id} could not be started`, error);
    }
    if (!started) {
      queue.putBack(merged);
      // Without an answer of the database the rows stay as they are, for the next start.
      if (!this.stopping.signal.aborted) await this.close(run, NOT_STARTED, NOT_STARTED.message);
      return;
    }
    this.waitingRuns -= merged.length;
    this.share(run, merged);
    await this.work({ ...run, input: { ...run.input, messages } }, started, signal);
  }

  /**
   * Takes the lease. An abort does not stop that, because what was written would stay unknown: the run is ended under
   * its lease.
   */
  private start(
    run: NewRun,
    messages: NewRun['input']['messages'],
    merged: readonly RunEntry[],
  ): Promise<Started | undefined> {
    const ids = merged.map(({ id }) => id);
    return this.database.insist(async () => {
      const limitMs = await this.limitMs(run);
      const lease = await this.runs.start(run.id, messages, this.terms(limitMs), ids);
      return lease && { lease, limitMs };
    }, this.stopping.signal);
  }

  private share(run: NewRun, merged: readonly RunEntry[]): void {
    const active = this.active.get(run.id);
    if (active && merged.length > 0) active.isShared = true;
    for (const entry of merged) this.executor?.closed(entry.run, { state: 'merged', mergedInto: run.id });
  }

  private async work(run: NewRun, { lease, limitMs }: Started, signal: AbortSignal): Promise<void> {
    const cancel = this.clock.after(limitMs, () =>
      this.active.get(run.id)?.controller.abort(new RunAborted('deadline')),
    );
    try {
      await this.executor?.execute(run, lease, signal);
    } catch (error) {
      this.logger.error(`run ${run.id} broke its executor`, error);
    } finally {
      cancel();
    }
  }

  private activate(run: NewRun): AbortController {
    const controller = new AbortController();
    this.active.set(run.id, { run, controller, isShared: false });
    return controller;
  }

  /** A run that was stopped before it had a lease; a shutdown leaves it queued for the next start. */
  private async closeAborted(run: NewRun, signal: AbortSignal): Promise<void> {
    const reason = abortReasonOf(signal);
    if (reason !== 'shutdown') await this.close(run, { state: 'aborted' }, new RunAborted(reason).message);
  }

  private async limitMs({ agentKey }: NewRun): Promise<number> {
    return (await this.executor?.timeLimitMs(agentKey)) ?? 0;
  }

  private terms(limitMs: number): LeaseTerms {
    return { owner: this.processId, deadline: new Date(this.clock.now() + limitMs) };
  }

  private freeSlot(run: NewRun): void {
    this.active.delete(run.id);
    this.lanes[run.lane].release();
  }

  private endTurn(queue: SessionQueue, run: NewRun): void {
    this.freeSlot(run);
    this.queues.pass(queue);
  }

  /** What a shutdown waits for. */
  private track<T>(work: Promise<T>): Promise<T> {
    this.works.add(work);
    const forget = (): void => void this.works.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** A conversation that is not stored takes turns with nobody. */
function turnKey(run: NewRun): string {
  return run.sessionId ?? run.id;
}
