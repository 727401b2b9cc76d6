import { Logger } from '@nestjs/common';
import type { Runner, RunnerOptions, TaskList } from 'graphile-worker';
import type { Pool } from 'pg';
import type { Clock } from '#kernel';
import { type Queryable, statement } from '../database/statement.js';
import { atMost } from './at-most.js';
import { graphileLog } from './graphile-logger.js';
import { JobHandlers } from './job-handlers.js';
import {
  JOB_CONCURRENCY,
  JOB_GRACE_MS,
  JobQueue,
  type JobHandler,
  type JobName,
  type JobOptions,
} from './job-queue.js';
import { openJobPool } from './job-pool.js';
import { JOB_SCHEMA } from './job-schema.js';

/** New jobs are heard of at once; those that were put off, or came while nobody listened, are found by looking. */
const POLL_INTERVAL_MS = 2_000;

/** A queue that ended by itself (the database went away) is started again after this, doubled each time. */
const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 10_000;

/** An hourly job that was due while no replica was running is done when one comes back within this time. */
const BACKFILL_MS = 59 * 60_000;

/** The time to wait is counted by the clock of the database. */
const ADD_JOB = statement(
  'job.add',
  `SELECT id FROM ${JOB_SCHEMA}.add_job(
     identifier => $1::text, payload => json_build_object('subject', $2::text),
     run_at => now() + $3::float8 * interval '1 millisecond', job_key => $1::text || ' ' || $2::text)`,
);

/** Jobs in PostgreSQL, for all replicas, by graphile-worker. */
export class GraphileJobQueue extends JobQueue {
  private readonly logger = new Logger('Jobs');
  private readonly handlers = new JobHandlers();
  private readonly stopping = new AbortController();
  private pool: Pool | undefined;
  private runner: Runner | undefined;
  private working: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly database: Queryable,
    private readonly dsn: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  override handle(name: JobName, handler: JobHandler): void {
    this.handlers.add(name, handler);
  }

  override hourly(name: JobName, minute: number, handler: JobHandler): void {
    this.handlers.addHourly(name, minute, handler);
  }

  override async add(name: JobName, subject: string, { delayMs = 0 }: JobOptions = {}): Promise<void> {
    await this.database.query(ADD_JOB, [name, subject, delayMs]);
  }

  /** Returns before the library is loaded: the start of the gateway does not wait for it. */
  override async start(): Promise<void> {
    this.handlers.seal();
    if (this.handlers.names.length > 0 && !this.stopping.signal.aborted) this.working ??= this.keepWorking();
  }

  override stop(): Promise<void> {
    this.stopping.abort();
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    await atMost(this.clock, JOB_GRACE_MS, this.endOrderly());
  }

  private async endOrderly(): Promise<void> {
    await this.runner?.stop().catch((error: unknown) => this.logger.debug(`stopped with ${String(error)}`));
    await this.working;
    await this.pool?.end();
  }

  private async keepWorking(): Promise<void> {
    const { signal } = this.stopping;
    for (let delay = RESTART_MIN_MS; !signal.aborted; delay = Math.min(delay * 2, RESTART_MAX_MS)) {
      const since = this.clock.monotonic();
      try {
        await this.work(signal);
      } catch (error) {
        if (!signal.aborted) this.logger.warn(`the job queue stopped, starting it anew: ${String(error)}`);
      }
      if (this.clock.monotonic() - since > RESTART_MAX_MS) delay = RESTART_MIN_MS;
      await this.clock.wait(delay, signal).catch(() => undefined);
    }
  }

  /** Until it is stopped, or ends by itself because it cannot go on. */
  private async work(signal: AbortSignal): Promise<void> {
    const { run, Logger: GraphileLogger, parseCronItems } = await import('graphile-worker');
    if (signal.aborted) return;
    this.pool ??= openJobPool(this.dsn);
    const options: RunnerOptions = {
      pgPool: this.pool,
      schema: JOB_SCHEMA,
      concurrency: JOB_CONCURRENCY,
      pollInterval: POLL_INTERVAL_MS,
      noHandleSignals: true,
      logger: new GraphileLogger(graphileLog(this.logger)),
      taskList: this.tasks(),
      parsedCronItems: parseCronItems(
        this.handlers.hourlies.map(({ name, minute }) => ({
          task: name,
          match: `${minute} * * * *`,
          identifier: name,
          options: { backfillPeriod: BACKFILL_MS },
        })),
      ),
      // Ended one by one, a job that cannot be marked as ended would be an error that nobody catches.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    };
    this.runner = await run(options);
    // Stopped while it was starting.
    if (signal.aborted) await this.runner.stop().catch(() => undefined);
    await this.runner.promise;
  }

  private tasks(): TaskList {
    const tasks: TaskList = {};
    for (const name of this.handlers.names) {
      tasks[name] = async (payload) => {
        const subject: unknown = Reflect.get(Object(payload) as object, 'subject');
        await this.handlers.get(name)?.(typeof subject === 'string' ? subject : '');
      };
    }
    return tasks;
  }
}
