import { Logger } from '@nestjs/common';
import type { Clock } from '#kernel';
import { StoreError } from '../store.errors.js';
import { atMost } from './at-most.js';
import { JobHandlers } from './job-handlers.js';
import {
  JOB_CONCURRENCY,
  JOB_GRACE_MS,
  JobQueue,
  type JobHandler,
  type JobName,
  type JobOptions,
} from './job-queue.js';

/** Jobs that wait at most; one more is refused. */
export const WAITING_JOBS_MAX = 10_000;

/** A job that failed is tried again after this, doubled each time. */
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** After so many failures a job is given up. */
const ATTEMPTS_MAX = 25;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface Job {
  readonly name: JobName;
  readonly subject: string;
  readonly attempt: number;
}

/** Jobs of one process, in memory: for the embedded database, whose rows tell a new process what is left to do. */
export class MemoryJobQueue extends JobQueue {
  private readonly logger = new Logger('Jobs');
  private readonly handlers = new JobHandlers();
  /** Due, in order. The keys say what a new job replaces. */
  private readonly ready = new Map<string, Job>();
  /** Not due yet: what cancels the timer. */
  private readonly delayed = new Map<string, () => void>();
  private readonly running = new Set<Promise<void>>();
  private readonly cancelHourly = new Map<JobName, () => void>();
  private state: 'new' | 'started' | 'stopped' = 'new';

  constructor(private readonly clock: Clock) {
    super();
  }

  override handle(name: JobName, handler: JobHandler): void {
    this.handlers.add(name, handler);
  }

  override hourly(name: JobName, minute: number, handler: JobHandler): void {
    this.handlers.addHourly(name, minute, handler);
  }

  override async add(name: JobName, subject: string, { delayMs = 0 }: JobOptions = {}): Promise<void> {
    if (this.state !== 'stopped') this.enqueue({ name, subject, attempt: 1 }, delayMs);
  }

  override async start(): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'started';
    this.handlers.seal();
    for (const { name, minute } of this.handlers.hourlies) this.scheduleHourly(name, minute);
    this.work();
  }

  override async stop(): Promise<void> {
    this.state = 'stopped';
    for (const cancel of [...this.delayed.values(), ...this.cancelHourly.values()]) cancel();
    this.ready.clear();
    this.delayed.clear();
    this.cancelHourly.clear();
    await atMost(this.clock, JOB_GRACE_MS, Promise.all(this.running));
  }

  private enqueue(job: Job, delayMs: number): void {
    const key = keyOf(job);
    this.forget(key);
    if (this.ready.size + this.delayed.size >= WAITING_JOBS_MAX) {
      throw new StoreError('unavailable', `${WAITING_JOBS_MAX} jobs wait already. Try again shortly.`);
    }
    if (delayMs > 0) {
      const due = (): void => {
        this.delayed.delete(key);
        this.makeReady(key, job);
      };
      this.delayed.set(key, this.clock.after(delayMs, due));
    } else {
      this.makeReady(key, job);
    }
  }

  private makeReady(key: string, job: Job): void {
    this.ready.set(key, job);
    // Not within `add`: who adds a job does not wait for the beginning of its work.
    queueMicrotask(() => this.work());
  }

  private forget(key: string): void {
    this.ready.delete(key);
    this.delayed.get(key)?.();
    this.delayed.delete(key);
  }

  private work(): void {
    if (this.state !== 'started') return;
    for (const [key, job] of this.ready) {
      if (this.running.size >= JOB_CONCURRENCY) return;
      this.ready.delete(key);
      const work = this.perform(key, job).finally(() => {
        this.running.delete(work);
        this.work();
      });
      this.running.add(work);
    }
  }

  private async perform(key: string, job: Job): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler) return this.logger.warn(`nobody here does ${job.name}: the job is dropped`);
    try {
      await handler(job.subject);
    } catch (error) {
      this.logger.warn(`${job.name} ${job.subject} failed, attempt ${job.attempt}: ${String(error)}`);
      this.retry(key, job);
    }
  }

  private retry(key: string, job: Job): void {
    const isReplaced = this.ready.has(key) || this.delayed.has(key);
    if (this.state !== 'started' || isReplaced || job.attempt >= ATTEMPTS_MAX) return;
    const delayMs = Math.min(RETRY_MIN_MS * 2 ** (job.attempt - 1), RETRY_MAX_MS);
    this.enqueue({ ...job, attempt: job.attempt + 1 }, delayMs);
  }

  private scheduleHourly(name: JobName, minute: number): void {
    const sinceDue = (((this.clock.now() - minute * MINUTE_MS) % HOUR_MS) + HOUR_MS) % HOUR_MS;
    const fire = (): void => {
      this.enqueue({ name, subject: '', attempt: 1 }, 0);
      this.scheduleHourly(name, minute);
    };
    this.cancelHourly.set(name, this.clock.after(HOUR_MS - sinceDue, fire));
  }
}

function keyOf({ name, subject }: Job): string {
  return `${name} ${subject}`;
}
