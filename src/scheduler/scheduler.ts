import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import type { Lane } from '#contracts';
import { Clock, newId } from '#kernel';
import { Database, type Lease, type LeaseTerms, type NewRun, RunStore } from '#store';
import { LaneSlots } from './lane-slots.js';
import { type AbortReason, abortReasonOf, RunAborted } from './run-aborted.js';
import type { RunExecutor } from './run-executor.port.js';
import { laneLimits, type QueueConfig, SchedulerConfig } from './scheduler.config.js';
import { SchedulerError } from './scheduler.errors.js';
import { type QueueEntry, SessionQueue } from './session-queue.js';

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
}

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
  private readonly queues = new Map<string, SessionQueue>();
  private readonly active = new Map<string, ActiveRun>();
  private readonly works = new Set<Promise<void>>();
  private waitingRuns = 0;
  private draining = false;
  private executor: RunExecutor | undefined;

  constructor(
    private readonly runs: RunStore,
    private readonly database: Database,
    private readonly clock: Clock,
    config: ConfigService,
  ) {
    const limits = laneLimits(config);
    this.lanes = {
      main: new LaneSlots(limits.main),
      subagent: new LaneSlots(limits.subagent),
      cron: new LaneSlots(limits.cron),
    };
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

  isActive(runId: string): boolean {
    return this.active.has(runId);
  }

  /** Runs that are going or waiting, by their owner and whatever else `matches` asks. */
  open(matches: (run: NewRun) => boolean): NewRun[] {
    const running = [...this.active.values()].map(({ run }) => run);
    const waiting = [...this.queues.values()].flatMap((queue) =>
      queue.waiting.flatMap(({ run }) => (run ? [run] : [])),
    );
    return [...running, ...waiting].filter((run, index, all) => matches(run) && all.indexOf(run) === index);
  }

  /**
   * Commits a run and starts it now or in its turn. `false`: a run with its idempotency key exists, or its session
   * is gone.
   * @throws SchedulerError when there is no room, or the gateway is shutting down; StoreError when the database is away.
   */
  async submit(run: NewRun, options: SubmitOptions): Promise<boolean> {
    if (this.draining) throw new SchedulerError('draining');
    const queue = this.queueOf(turnKey(run));
    const lane = this.lanes[run.lane];
    if (queue.isIdle && !options.debounceMs && lane.tryAcquire()) return this.startNow(queue, run, options);
    return this.enqueueNew(queue, run, options);
  }

  /** Puts a run back that was accepted before a restart. */
  requeue(run: NewRun): void {
    const queue = this.queueOf(turnKey(run));
    this.waitingRuns += 1;
    queue.push(this.runEntry(queue, run, { ready: true }));
    this.pump(queue, turnKey(run));
  }

  /** Does `work` in the session's turn, when no run of it is going. Takes no lane slot. */
  async inTurn<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queueOf(sessionId);
    return new Promise<T>((resolve, reject) => {
      const begin = (): Promise<void> => work().then(resolve, reject);
      queue.push({ id: newId(), notBefore: 0, ready: true, begin });
      this.pump(queue, sessionId);
    });
  }

  /** Stops a run, going or waiting. `false`: it is neither. */
  async abort(runId: string, reason: AbortReason): Promise<boolean> {
    const running = this.active.get(runId);
    if (running) {
      running.controller.abort(new RunAborted(reason));
      return true;
    }
    for (const queue of this.queues.values()) {
      const entry = queue.remove(runId);
      if (!entry?.run) continue;
      this.waitingRuns -= 1;
      await this.close(entry.run, 'aborted', new RunAborted(reason).message);
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
    const ended = Promise.all(this.works).then(() => undefined);
    await Promise.race([ended, this.clock.wait(graceMs)]);
    if (this.active.size > 0) this.logger.warn(`${this.active.size} runs did not end within ${graceMs} ms`);
    for (const { controller } of this.active.values()) controller.abort(new RunAborted('shutdown'));
    await Promise.race([Promise.all(this.works), this.clock.wait(ABORT_SETTLE_MS)]);
  }

  private async startNow(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    queue.current = this.runEntry(queue, run, { ready: true });
    const controller = this.activate(run);
    let lease: Lease | undefined;
    try {
      lease = await this.runs.acceptAndStart(run, await this.terms(run));
    } finally {
      if (!lease) this.endTurn(queue, run);
    }
    if (!lease) return false;
    options.onAccepted();
    this.track(this.work(run, lease, controller.signal).finally(() => this.endTurn(queue, run)));
    return true;
  }

  private async enqueueNew(queue: SessionQueue, run: NewRun, options: SubmitOptions): Promise<boolean> {
    this.requireRoom(queue);
    const entry = this.runEntry(queue, run, { ready: false, debounceMs: options.debounceMs ?? 0 });
    queue.push(entry);
    this.waitingRuns += 1;
    let accepted = false;
    try {
      accepted = await this.runs.accept(run);
    } finally {
      if (!accepted && queue.remove(run.id)) this.waitingRuns -= 1;
    }
    if (accepted) {
      options.onAccepted();
      entry.ready = true;
      await this.applyPolicy(queue, entry);
    }
    this.pump(queue, turnKey(run));
    return accepted;
  }

  private requireRoom(queue: SessionQueue): void {
    if (this.waitingRuns >= WAITING_MAX) throw new SchedulerError('overloaded');
    if (this.policy.drop === 'new' && queue.waiting.length >= this.policy.cap)
      throw new SchedulerError('queue-full');
  }

  private async applyPolicy(queue: SessionQueue, newest: QueueEntry): Promise<void> {
    const older = queue.waiting.filter((entry) => entry !== newest && entry.run && entry.ready);
    if (this.policy.mode === 'interrupt') {
      for (const entry of older) await this.drop(queue, entry, 'The message was replaced by a newer one.');
      const current = queue.current && this.active.get(queue.current.id);
      current?.controller.abort(new RunAborted('interrupt'));
      return;
    }
    const excess = queue.waiting.length - this.policy.cap;
    for (const entry of older.slice(0, Math.max(0, excess))) {
      await this.drop(queue, entry, 'The message was dropped from a full queue. Send it again.');
    }
  }

  private async drop(queue: SessionQueue, entry: QueueEntry, message: string): Promise<void> {
    if (!entry.run || !queue.remove(entry.id)) return;
    this.waitingRuns -= 1;
    await this.close(entry.run, 'dropped', message);
  }

  private async close(run: NewRun, state: 'aborted' | 'dropped', message: string): Promise<void> {
    const code = state === 'dropped' ? 'RESOURCE_EXHAUSTED' : 'FAILED_PRECONDITION';
    await this.database.insist(() => this.runs.closeQueued(run.id, state, message, code));
    this.executor?.closed(run, { state, message });
  }

  /** Gives the turn to whoever is next, if it is free. */
  private pump(queue: SessionQueue, key: string): void {
    if (this.draining) return;
    const now = this.clock.monotonic();
    const next = queue.takeNext(now);
    if (next) {
      this.track(
        next
          .begin()
          .catch((error: unknown) => this.logger.error('a turn failed', error))
          .finally(() => this.passTurn(queue, key)),
      );
      return;
    }
    const head = queue.waiting[0];
    if (!queue.current && head?.ready && head.notBefore > now) {
      this.clock.after(head.notBefore - now, () => this.pump(queue, key));
    }
    if (queue.isIdle) this.queues.delete(key);
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
    this.waitingRuns -= 1;
    const { signal } = this.activate(run);
    const lane = this.lanes[run.lane];
    try {
      await lane.acquire(signal);
    } catch {
      return this.closeAborted(run, signal);
    }
    try {
      if (!this.draining) await this.leaseAndWork(queue, run, signal);
    } finally {
      this.active.delete(run.id);
      lane.release();
    }
  }

  private async leaseAndWork(queue: SessionQueue, run: NewRun, signal: AbortSignal): Promise<void> {
    const merged = queue.takeMergeable();
    this.waitingRuns -= merged.length;
    const messages = [run, ...merged].flatMap(({ input }) => input.messages);
    const mergedIds = merged.map(({ id }) => id);
    const terms = await this.terms(run);
    let lease: Lease | undefined;
    try {
      lease = await this.database.insist(() => this.runs.start(run.id, messages, terms, mergedIds), signal);
    } catch (error) {
      if (signal.aborted) return this.closeAborted(run, signal);
      this.logger.error(`run ${run.id} could not be started; it stays queued for the next start`, error);
    }
    if (!lease) return;
    const message = `The message became part of run ${run.id}.`;
    for (const other of merged)
      this.executor?.closed(other, { state: 'merged', message, mergedInto: run.id });
    await this.work({ ...run, input: { ...run.input, messages } }, lease, signal);
  }

  private async work(run: NewRun, lease: Lease, signal: AbortSignal): Promise<void> {
    const limitMs = (await this.executor?.timeLimitMs(run.agentKey)) ?? 0;
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
    this.active.set(run.id, { run, controller });
    return controller;
  }

  /** A run that was stopped before it had a lease; a shutdown leaves it queued for the next start. */
  private async closeAborted(run: NewRun, signal: AbortSignal): Promise<void> {
    this.active.delete(run.id);
    if (abortReasonOf(signal) !== 'shutdown')
      await this.close(run, 'aborted', (signal.reason as Error).message);
  }

  private async terms(run: NewRun): Promise<LeaseTerms> {
    const limit = (await this.executor?.timeLimitMs(run.agentKey)) ?? 0;
    return { owner: this.processId, deadline: new Date(this.clock.now() + limit) };
  }

  private endTurn(queue: SessionQueue, run: NewRun): void {
    this.active.delete(run.id);
    this.lanes[run.lane].release();
    this.passTurn(queue, turnKey(run));
  }

  private passTurn(queue: SessionQueue, key: string): void {
    queue.current = undefined;
    this.pump(queue, key);
  }

  private queueOf(key: string): SessionQueue {
    const known = this.queues.get(key);
    if (known) return known;
    const queue = new SessionQueue();
    this.queues.set(key, queue);
    return queue;
  }

  private track(work: Promise<void>): void {
    this.works.add(work);
    void work.finally(() => this.works.delete(work));
  }
}

/** A conversation that is not stored takes turns with nobody. */
function turnKey(run: NewRun): string {
  return run.sessionId ?? run.id;
}

/** Only messages of one authority may become one run. */
function mergeKeyOf({ caller, agentKey, origin, lane }: NewRun): string {
  return JSON.stringify([caller.userId, caller.credential, caller.role, agentKey, origin, lane]);
}
