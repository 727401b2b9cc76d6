import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { Database, JobQueue, type NewRun, RunStore } from '#store';
import { RunAborted, type AbortReason } from './run-aborted.js';
import { type ClosedRun, RunExecutor } from './run-executor.port.js';
import { SchedulerConfig } from './scheduler.config.js';
import { SchedulerError } from './scheduler.errors.js';
import type { QueueEntry, SessionQueue } from './session-queue.js';
import { Shutdown } from './shutdown.js';
import { inputChars } from './input-chars.js';

/** Characters of messages that may wait in one process, over all sessions: 10,000 short messages, or some books. */
const WAITING_MAX_CHARS = 64 * 1024 * 1024;

type End = Exclude<ClosedRun, { state: 'merged' }>;

/** Accepted runs without a lane slot: how many there may be, and how they end without a turn. */
@Injectable()
export class WaitingRuns {
  private readonly sizes = new Map<string, number>();
  private chars = 0;

  constructor(
    private readonly runs: RunStore,
    private readonly database: Database,
    private readonly executor: RunExecutor,
    private readonly jobs: JobQueue,
    private readonly shutdown: Shutdown,
    private readonly config: ConfigService,
  ) {}

  get count(): number {
    return this.sizes.size;
  }

  /** Of those. */
  get ids(): readonly string[] {
    return [...this.sizes.keys()];
  }

  /** How many more may wait. */
  get room(): number {
    return this.chars < WAITING_MAX_CHARS
      ? Math.max(0, this.config.get(SchedulerConfig).max_waiting - this.sizes.size)
      : 0;
  }

  /** @throws SchedulerError `queue-full`, `overloaded` */
  requireRoom(queue: SessionQueue): void {
    const { drop, cap } = this.config.get(SchedulerConfig).queue;
    const isFull = drop === 'new' && queue.waiting.length >= cap;
    if (isFull) throw new SchedulerError('queue-full');
    if (this.room === 0) throw new SchedulerError('overloaded');
  }

  add(run: NewRun): void {
    const size = inputChars(run.input);
    this.sizes.set(run.id, size);
    this.chars += size;
  }

  /** It waits no longer, for whatever reason. */
  remove(runId: string): void {
    this.chars -= this.sizes.get(runId) ?? 0;
    this.sizes.delete(runId);
  }

  leaveQueue(queue: SessionQueue, entry: QueueEntry): void {
    if (queue.remove(entry.id)) this.remove(entry.id);
  }

  /** Ends a waiting run; one that waits no longer in its row has gone on elsewhere. */
  async close(run: NewRun, end: End, message: string): Promise<void> {
    const code = end.state === 'aborted' ? 'FAILED_PRECONDITION' : end.code;
    const reply = this.executor.replyTo(run, end);
    const closed = await this.database.insist(
      () => this.runs.closeQueued(run.id, end.state, message, code, reply),
      this.shutdown.signal,
    );
    if (!closed) return this.executor.elsewhere(run);
    this.executor.closed(run, end);
    // Without the job the reply is found by the next look into the outbox.
    if (reply) await this.jobs.add('outbox.deliver', run.id).catch(() => undefined);
  }

  /** Ends a run that was stopped before it had a lease; a shutdown leaves it waiting, for others to take. */
  async closeAborted(run: NewRun, reason: AbortReason): Promise<void> {
    if (reason !== 'shutdown') await this.close(run, { state: 'aborted' }, new RunAborted(reason).message);
  }
}
