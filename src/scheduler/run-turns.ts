import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import type { LeftRun, NewRun } from '#store';
import { mergeKeyOf } from './queue-policy.js';
import { type AbortReason, abortReasonOf } from './run-aborted.js';
import { RunExecutor } from './run-executor.port.js';
import { RunStart } from './run-start.js';
import { RunWorker, type Started } from './run-worker.js';
import { SchedulerConfig } from './scheduler.config.js';
import { SessionHandover } from './session-handover.js';
import type { RunEntry, SessionQueue } from './session-queue.js';
import { Shutdown } from './shutdown.js';
import { TurnQueues } from './turn-queues.js';
import { WaitingRuns } from './waiting-runs.js';

const NOT_STARTED = {
  state: 'failed',
  code: 'INTERNAL',
  message: 'The run could not be started, for a reason that was logged. Send the message again.',
} as const;

/** What an accepted run does from its place in the queue to the end of its turn. */
@Injectable()
export class RunTurns {
  readonly queues: TurnQueues;
  private readonly logger = new Logger('RunTurns');

  constructor(
    private readonly start: RunStart,
    private readonly worker: RunWorker,
    private readonly waiting: WaitingRuns,
    private readonly executor: RunExecutor,
    private readonly handover: SessionHandover,
    private readonly shutdown: Shutdown,
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {
    this.queues = new TurnQueues(clock, (turn) => void this.worker.track(turn));
  }

  queueOf(run: NewRun): SessionQueue {
    return this.queues.of(turnKey(run));
  }

  /** `position`: absent until its row is written. */
  entryOf(queue: SessionQueue, run: NewRun, position?: number, debounceMs = 0): RunEntry {
    const merges = this.config.get(SchedulerConfig).queue.mode === 'followup';
    const entry: RunEntry = {
      id: run.id,
      run,
      position,
      notBefore: debounceMs > 0 ? this.clock.monotonic() + debounceMs : 0,
      ...(merges && { mergeKey: mergeKeyOf(run) }),
      begin: () => this.take(queue, entry),
    };
    return entry;
  }

  /** Takes in a waiting run that was accepted elsewhere, or before a restart. */
  adopt({ run, position }: LeftRun): void {
    const queue = this.queueOf(run);
    if (!queue.has(run.id)) {
      this.waiting.add(run);
      queue.insert(this.entryOf(queue, run, position));
    }
    queue.unblock();
    this.queues.pump(queue);
  }

  /** Stops a run that waits in a queue here. `false`: it does not. */
  async abortWaiting(runId: string, reason: AbortReason): Promise<boolean> {
    for (const queue of this.queues.all) {
      const entry = queue.waitingRuns.find(({ id }) => id === runId);
      if (!entry) continue;
      this.waiting.leaveQueue(queue, entry);
      this.queues.pump(queue);
      await this.waiting.closeAborted(entry.run, reason);
      return true;
    }
    return false;
  }

  /** A run that has its lease and its slot already. Never rejects. */
  async goOn(run: NewRun, started: Started, signal: AbortSignal): Promise<void> {
    await this.worker.work(run, started, signal);
    this.worker.letGo(run);
    await this.free(run);
  }

  /** The session's turn is free, for the next run here or for another replica's. */
  private async free(run: NewRun): Promise<void> {
    const key = turnKey(run);
    const isWaitedFor = (this.queues.find(key)?.waiting.length ?? 0) > 0;
    this.queues.wake(key);
    if (run.sessionId !== undefined && !isWaitedFor) await this.handover.turnIsFree(run.sessionId);
  }

  /** The session's turn in this process is ours: wait for a slot, take the lease, work. */
  private async take(queue: SessionQueue, entry: RunEntry): Promise<void> {
    const { run } = entry;
    const signal = this.worker.active.begin(run);
    try {
      await this.worker.slots(run.lane).acquire(signal);
    } catch {
      this.worker.active.end(run.id);
      this.waiting.remove(run.id);
      return await this.waiting.closeAborted(run, abortReasonOf(signal));
    }
    let worked = false;
    try {
      if (!this.shutdown.isDraining) worked = await this.takeLease(queue, entry, signal);
    } finally {
      this.worker.letGo(run);
    }
    if (worked) await this.free(run);
  }

  /** `false`: another replica has the turn, or the run. */
  private async takeLease(queue: SessionQueue, entry: RunEntry, signal: AbortSignal): Promise<boolean> {
    const { run } = entry;
    const merged = queue.takeMergeable();
    const ids = merged.map(({ id }) => id);
    const messages = [run, ...merged.map((other) => other.run)].flatMap(({ input }) => input.messages);
    let started: Awaited<ReturnType<RunStart['take']>> | undefined;
    let alone = merged.length === 0;
    try {
      started = await this.start.take(run, messages, ids);
      if (started === 'not-yet' && !alone) {
        // Perhaps another replica's run stands between them: then without those that would have become part of it.
        queue.putBack(merged);
        alone = true;
        started = await this.start.take(run, run.input.messages, []);
      }
    } catch (error) {
      this.logger.error(`run ${run.id} could not be started`, error);
    }
    if (started === 'not-yet') return this.wait(queue, entry, signal);
    if (!alone && typeof started !== 'object') queue.putBack(merged);
    this.waiting.remove(run.id);
    if (started === undefined) return this.fail(run);
    if (started === 'gone') {
      this.executor.elsewhere(run);
      return false;
    }
    if (!alone) this.share(run, merged);
    const whole = alone ? run : { ...run, input: { ...run.input, messages } };
    await this.worker.work(whole, started, signal);
    return true;
  }

  /** Another replica has the session's turn. */
  private async wait(queue: SessionQueue, entry: RunEntry, signal: AbortSignal): Promise<boolean> {
    const isFirst = queue.block(this.clock.monotonic());
    // Perhaps it waits for a run that nobody was told to start.
    if (isFirst && entry.run.sessionId !== undefined) await this.handover.turnIsFree(entry.run.sessionId);
    // Last: back in the queue nobody looks at this signal any more.
    if (!signal.aborted) {
      queue.putBack([entry]);
      return false;
    }
    this.waiting.remove(entry.id);
    await this.waiting.closeAborted(entry.run, abortReasonOf(signal));
    return false;
  }

  /** Without an answer of the database the row stays as it is, for others to take. */
  private async fail(run: NewRun): Promise<boolean> {
    if (!this.shutdown.signal.aborted) await this.waiting.close(run, NOT_STARTED, NOT_STARTED.message);
    return true;
  }

  private share(run: NewRun, merged: readonly RunEntry[]): void {
    this.worker.active.share(run.id);
    for (const entry of merged) {
      this.waiting.remove(entry.id);
      this.executor.closed(entry.run, { state: 'merged', mergedInto: run.id });
    }
  }
}

/** A conversation that is not stored takes turns with nobody. */
function turnKey(run: NewRun): string {
  return run.sessionId ?? run.id;
}
