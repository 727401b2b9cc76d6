/** Kinds of jobs. A job only wakes somebody who then looks at the rows; it owns nothing and may come twice. */
export const JOB_NAMES = [
  'session.wake',
  'runs.recover',
  'outbox.deliver',
  'retention.prune',
  'approvals.prune',
] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** Jobs that one replica works on side by side. */
export const JOB_CONCURRENCY = 3;

/** A job that is still going so long after the stop goes on, but nobody waits for it any more. */
export const JOB_GRACE_MS = 4_000;

/**
 * Must be safe to repeat, also beside another one about the same subject. A thrown error lets the job be tried again
 * later.
 */
export type JobHandler = (subject: string) => Promise<void>;

export interface JobOptions {
  /** Not before this much time has passed. */
  readonly delayMs?: number;
}

/** Work that any replica may do, once. In memory on the embedded database, else in PostgreSQL. */
export abstract class JobQueue {
  /** Says who does a kind of work on this replica. Once per name, before the queue is started (`onModuleInit`). */
  abstract handle(name: JobName, handler: JobHandler): void;

  /** Has `handler` called once an hour, at `minute`, by one of the replicas. Instead of {@link handle}. */
  abstract hourly(name: JobName, minute: number, handler: JobHandler): void;

  /**
   * Adds a job about `subject` (an id). One that waits already, with the same name and subject, is replaced.
   * @throws StoreError `unavailable`
   */
  abstract add(name: JobName, subject: string, options?: JobOptions): Promise<void>;

  /** Begins to work on jobs. Idempotent. */
  abstract start(): Promise<void>;

  /** Takes no more jobs, and waits for those that are being worked on, up to {@link JOB_GRACE_MS}. Idempotent. */
  abstract stop(): Promise<void>;
}
