import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId, SystemClock } from '#kernel';
import { type Database, type JobHandler, openDatabase } from '#store';
import { GraphileJobQueue } from '../../src/store/replication/graphile-job-queue.js';
import { JOB_SCHEMA_VERSION, jobSchemaVersion } from '../../src/store/replication/job-schema.js';
import { describeWithPostgres, type PrivateCluster, startOwnPostgres } from '../support/postgres/index.js';
import { SharedDatabase } from '../support/replicas.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
const clock = new SystemClock();

describeWithPostgres('the job queue on PostgreSQL', () => {
  let shared: SharedDatabase;
  let database: Database;
  const queues: GraphileJobQueue[] = [];

  beforeEach(async () => {
    shared = await SharedDatabase.create();
    database = await shared.open();
  });
  afterEach(async () => {
    for (const each of queues.splice(0)) await each.stop();
    await shared[Symbol.asyncDispose]();
  });

  function queue(): GraphileJobQueue {
    const made = new GraphileJobQueue(database, shared.dsn, clock);
    queues.push(made);
    return made;
  }

  async function started(handler: JobHandler): Promise<GraphileJobQueue> {
    const made = queue();
    made.handle('session.wake', handler);
    await made.start();
    return made;
  }

  /** As one that was killed in the middle of its work left it. */
  async function lockedByTheDead(subject: string): Promise<void> {
    await queue().add('session.wake', subject);
    await database.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'dead', attempts = 1`,
    );
  }

  it('has the version of the tables that the library brings', async () => {
    expect(await jobSchemaVersion(database)).toBe(JOB_SCHEMA_VERSION);
  });

  it('has a job done by one of two replicas, once', async () => {
    const done: string[] = [];
    const [first] = [
      await started(async (subject) => void done.push(subject)),
      await started(async (subject) => void done.push(subject)),
    ];
    const subjects = Array.from({ length: 50 }, () => newId());
    await Promise.all(subjects.map((subject) => first.add('session.wake', subject)));
    await expect.poll(() => done.length, PATIENCE).toBe(50);
    await expect.poll(() => waiting(), PATIENCE).toBe(0);
    expect(done.toSorted()).toEqual(subjects.toSorted());
  });

  it('replaces a job that waits by a newer one about the same', async () => {
    const done: string[] = [];
    const one = queue();
    one.handle('session.wake', async (subject) => void done.push(subject));
    for (let count = 0; count < 3; count++) await one.add('session.wake', 'same', { delayMs: count * 50 });
    await one.add('session.wake', 'other');
    expect(await waiting()).toBe(2);
    await one.start();
    await expect.poll(() => done.toSorted(), PATIENCE).toEqual(['other', 'same']);
    await expect.poll(() => waiting(), PATIENCE).toBe(0);
  });

  it('does a job that was put off when its time has come, and not before', async () => {
    let doneAt = 0;
    const one = await started(async () => void (doneAt = performance.now()));
    const added = performance.now();
    await one.add('session.wake', 'later', { delayMs: 700 });
    await expect.poll(() => doneAt, PATIENCE).toBeGreaterThan(0);
    expect(doneAt - added).toBeGreaterThanOrEqual(700);
  });

  it('tries a job again that failed', async () => {
    let attempts = 0;
    const one = await started(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
    });
    await one.add('session.wake', 'stubborn');
    await expect.poll(() => attempts, PATIENCE).toBe(2);
    await expect.poll(() => waiting(), PATIENCE).toBe(0);
  });

  it('does a job about the same that comes while one is being done', async () => {
    const gate = Promise.withResolvers<void>();
    let began = 0;
    const one = await started(async () => {
      began += 1;
      await gate.promise;
    });
    await one.add('session.wake', 'busy');
    await expect.poll(() => began, PATIENCE).toBe(1);
    await one.add('session.wake', 'busy');
    await expect.poll(() => began, PATIENCE).toBe(2);
    gate.resolve();
    await expect.poll(() => waiting(), PATIENCE).toBe(0);
  });

  it('does a newer job although a killed replica holds the older one about the same', async () => {
    await lockedByTheDead('held');
    const done: string[] = [];
    const one = await started(async (subject) => void done.push(subject));
    await one.add('session.wake', 'held');
    await expect.poll(() => done, PATIENCE).toEqual(['held']);
  });

  it('does what is due every hour on one of the replicas alone, also what was due while none was there', async () => {
    const done: string[] = [];
    // Half an hour ago, seen from now: both replicas find at their start that it was missed.
    const minute = new Date(Date.now() - 30 * 60_000).getUTCMinutes();
    await database.query(
      `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
       VALUES ('retention.prune', now() - interval '1 day', now() - interval '1 hour')`,
    );
    for (const name of ['first', 'second']) {
      const one = queue();
      one.hourly('retention.prune', minute, async () => void done.push(name));
      one.handle('session.wake', async (subject) => void done.push(subject));
      await one.start();
    }
    await expect.poll(() => done.length, PATIENCE).toBe(1);
    // Both have begun to work by the time that both of these are done.
    const [one] = queues;
    for (const subject of ['a', 'b']) await one?.add('session.wake', subject);
    await expect.poll(() => done.length, PATIENCE).toBe(3);
    expect(done.filter((name) => name === 'first' || name === 'second')).toHaveLength(1);
  });

  it('waits for the job that is being done when it is stopped, and takes no other', async () => {
    const gate = Promise.withResolvers<void>();
    const done: string[] = [];
    const one = await started(async (subject) => {
      await gate.promise;
      done.push(subject);
    });
    await one.add('session.wake', 'going');
    await expect.poll(() => lockedJobs(), PATIENCE).toBe(1);
    const stopping = Promise.all([one.stop(), one.stop()]);
    await one.add('session.wake', 'left');
    gate.resolve();
    await stopping;
    expect(done).toEqual(['going']);
    expect(await waiting()).toBe(1);
  });

  it('does not wait for ever for a job that never ends', async () => {
    const one = await started(() => new Promise<void>(() => undefined));
    await one.add('session.wake', 'endless');
    await expect.poll(() => lockedJobs(), PATIENCE).toBe(1);
    expect(await one.stop()).toBeUndefined();
  });

  it('takes no handler that comes too late, or twice', async () => {
    const one = await started(() => Promise.resolve());
    expect(() => one.handle('runs.recover', () => Promise.resolve())).toThrow('comes too late');
    const other = queue();
    other.handle('runs.recover', () => Promise.resolve());
    expect(() => other.handle('runs.recover', () => Promise.resolve())).toThrow('two handlers');
  });

  async function waiting(): Promise<number> {
    return (await database.query('SELECT id FROM graphile_worker._private_jobs')).length;
  }

  async function lockedJobs(): Promise<number> {
    const sql = 'SELECT id FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL';
    return (await database.query(sql)).length;
  }
});

describeWithPostgres('the job queue on a PostgreSQL that goes away', () => {
  let cluster: PrivateCluster;
  beforeEach(async () => {
    cluster = await startOwnPostgres();
  });
  afterEach(async () => {
    await cluster.stop();
  });

  it('goes on when it is back, also with what it was doing', async () => {
    const database = await openDatabase({ dsn: cluster.dsn, dataDir: '/nowhere', poolSize: 3, clock });
    const jobs = new GraphileJobQueue(database, cluster.dsn, clock);
    const gate = Promise.withResolvers<void>();
    const begun: string[] = [];
    jobs.handle('session.wake', async (subject) => {
      begun.push(subject);
      if (subject === 'cut') await gate.promise;
    });
    await jobs.start();
    await jobs.add('session.wake', 'cut');
    await expect.poll(() => begun, PATIENCE).toEqual(['cut']);
    await cluster.halt();
    gate.resolve();
    await expect(jobs.add('session.wake', 'away')).rejects.toMatchObject({ reason: 'unavailable' });
    await clock.wait(3_000);
    await cluster.resume();
    await database.insist(() => jobs.add('session.wake', 'back'));
    await expect.poll(() => begun, PATIENCE).toContain('back');
    await jobs.stop();
    await database.close();
  });

  it('is stopped in time while it is away', async () => {
    const database = await openDatabase({ dsn: cluster.dsn, dataDir: '/nowhere', poolSize: 3, clock });
    const jobs = new GraphileJobQueue(database, cluster.dsn, clock);
    let begun = 0;
    jobs.handle('session.wake', async () => void (begun += 1));
    await jobs.start();
    await jobs.add('session.wake', 'first');
    await expect.poll(() => begun, PATIENCE).toBe(1);
    await cluster.halt();
    expect(await jobs.stop()).toBeUndefined();
    await database.close();
  });
});
