import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { JOB_CONCURRENCY, JOB_GRACE_MS } from './job-queue.js';
import { MemoryJobQueue, WAITING_JOBS_MAX } from './memory-job-queue.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('a job in memory', () => {
  let clock: ManualClock;
  let jobs: MemoryJobQueue;
  let done: string[];
  beforeEach(() => {
    clock = new ManualClock();
    jobs = new MemoryJobQueue(clock);
    done = [];
  });

  /** Lets everything that can go on now go on. */
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const note = async (subject: string): Promise<void> => void done.push(subject);

  it('is done in its order, once the queue is started', async () => {
    jobs.handle('session.wake', note);
    await jobs.add('session.wake', 'a');
    await jobs.add('session.wake', 'b');
    await settled();
    expect(done).toEqual([]);
    await jobs.start();
    await jobs.add('session.wake', 'c');
    await settled();
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('is replaced by a newer one with the same name and subject, with its time', async () => {
    jobs.handle('session.wake', note);
    jobs.handle('outbox.deliver', note);
    await jobs.start();
    await jobs.add('session.wake', 'a', { delayMs: 1_000 });
    await jobs.add('outbox.deliver', 'a', { delayMs: 1_000 });
    await jobs.add('session.wake', 'a', { delayMs: 2_000 });
    clock.advance(1_999);
    await settled();
    expect(done).toEqual(['a']);
    clock.advance(1);
    await settled();
    expect(done).toEqual(['a', 'a']);
    expect(clock.pending).toBe(0);
  });

  it('that fails is tried again, later every time, unless a newer one takes its place', async () => {
    let attempts = 0;
    jobs.handle('session.wake', () => {
      attempts += 1;
      return Promise.reject(new Error('not yet'));
    });
    await jobs.start();
    await jobs.add('session.wake', 'a');
    await settled();
    for (const [waitMs, count] of [
      [999, 1],
      [1, 2],
      [1_999, 2],
      [1, 3],
    ] as const) {
      clock.advance(waitMs);
      await settled();
      expect(attempts).toBe(count);
    }
    await jobs.add('session.wake', 'a');
    await settled();
    expect(attempts).toBe(4);
    expect(clock.pending).toBe(1);
  });

  it('is given up after so many attempts', async () => {
    let attempts = 0;
    jobs.handle('session.wake', () => {
      attempts += 1;
      return Promise.reject(new Error('never'));
    });
    await jobs.start();
    await jobs.add('session.wake', 'a');
    for (let hour = 0; hour < 30; hour++) {
      await settled();
      clock.advance(HOUR_MS);
    }
    expect(attempts).toBe(25);
    expect(clock.pending).toBe(0);
  });

  it('waits while as many are being done as may be, and no more wait than may', async () => {
    const gate = Promise.withResolvers<void>();
    let going = 0;
    jobs.handle('session.wake', async () => {
      going += 1;
      await gate.promise;
    });
    await jobs.start();
    for (let count = 0; count < JOB_CONCURRENCY + 1; count++) await jobs.add('session.wake', `${count}`);
    await settled();
    expect(going).toBe(JOB_CONCURRENCY);
    for (let count = 1; count < WAITING_JOBS_MAX; count++) await jobs.add('session.wake', `more ${count}`);
    await expect(jobs.add('session.wake', 'too many')).rejects.toMatchObject({ reason: 'unavailable' });
    // One that replaces another takes no room.
    await jobs.add('session.wake', 'more 1');
    gate.resolve();
    await settled();
    expect(going).toBe(JOB_CONCURRENCY + WAITING_JOBS_MAX);
  });

  it('that nobody does is dropped', async () => {
    jobs.handle('session.wake', note);
    await jobs.start();
    await jobs.add('outbox.deliver', 'a');
    await jobs.add('session.wake', 'b');
    await settled();
    expect(done).toEqual(['b']);
  });

  it('of every hour is done at its minute', async () => {
    jobs.hourly('retention.prune', 17, note);
    await jobs.start();
    clock.advance(17 * MINUTE_MS - 1);
    await settled();
    expect(done).toHaveLength(0);
    clock.advance(1);
    await settled();
    expect(done).toHaveLength(1);
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(HOUR_MS);
      await settled();
    }
    expect(done).toHaveLength(4);
  });

  it('that is being done is waited for at the stop, no other is begun, and no timer is left', async () => {
    const gate = Promise.withResolvers<void>();
    jobs.handle('session.wake', async (subject) => {
      await gate.promise;
      done.push(subject);
    });
    jobs.hourly('retention.prune', 0, note);
    await jobs.start();
    for (let count = 0; count < 2 * JOB_CONCURRENCY; count++) await jobs.add('session.wake', `${count}`);
    await jobs.add('session.wake', 'later', { delayMs: 1_000 });
    await settled();
    const stopping = Promise.all([jobs.stop(), jobs.stop()]);
    await jobs.add('session.wake', 'too late');
    await settled();
    expect(done).toEqual([]);
    gate.resolve();
    await stopping;
    expect(done).toHaveLength(JOB_CONCURRENCY);
    expect(clock.pending).toBe(0);
  });

  it('that never ends is not waited for longer than the grace', async () => {
    jobs.handle('session.wake', () => new Promise<void>(() => undefined));
    await jobs.start();
    await jobs.add('session.wake', 'a');
    await settled();
    let isStopped = false;
    const stopping = jobs.stop().then(() => (isStopped = true));
    clock.advance(JOB_GRACE_MS - 1);
    await settled();
    expect(isStopped).toBe(false);
    clock.advance(1);
    await stopping;
  });

  it('takes its handler before the start, and one alone', async () => {
    jobs.handle('session.wake', note);
    expect(() => jobs.handle('session.wake', note)).toThrow('two handlers');
    await jobs.start();
    expect(() => jobs.hourly('retention.prune', 0, note)).toThrow('comes too late');
  });
});
