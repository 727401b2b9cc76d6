import { beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '#contracts';
import { type RunEventRow, RunEventStore, StoreError } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { eventsOfRow } from './log-rows.js';
import { comparePositions } from './positions.js';
import type { RunBeacon } from '../replicas/run-beacon.js';
import { LogTable } from './log-table.js';
import { RunFeed } from './run-feed.js';
import { type LogWriter, RunLog } from './run-log.js';

const run = { runId: 'r', userId: 'ann', agentKey: 'default', sessionKey: 'agent:default:test' };
const START = { attempt: 0, seq: 0 };
/** Enough to trim the memory of a log, and more than one insert. */
const MANY = 10_500;

/** The table, in memory; the test decides when a statement ends, and how. */
class Table extends RunEventStore {
  readonly rows = new Map<string, RunEventRow>();
  readonly batches: number[] = [];
  error: Error | undefined;
  during: (() => Promise<void> | void) | undefined;

  constructor() {
    super(undefined as never);
  }

  override async insert(rows: readonly RunEventRow[]): Promise<void> {
    await this.pass();
    this.batches.push(rows.length);
    for (const row of rows) this.rows.set(`${row.attempt}/${row.seq}`, structuredClone(row));
  }

  override async read(runId: string, after: { attempt: number; seq: number }): Promise<RunEventRow[]> {
    const found = [...this.rows.values()].filter(
      (row) => row.runId === runId && comparePositions(row, after) > 0,
    );
    await this.pass();
    return found.toSorted(comparePositions);
  }

  private async pass(): Promise<void> {
    const { during } = this;
    this.during = undefined;
    await during?.();
    if (this.error) throw this.error;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** No other replica wants to hear of anything. */
const nobodyElse = { isWanted: () => false } as unknown as RunBeacon;

describe('following a run', () => {
  let table: Table;
  let clock: ManualClock;
  let saved: LogTable;
  let log: RunLog;
  let writer: LogWriter;
  let seen: RunEvent[];

  beforeEach(() => {
    table = new Table();
    clock = new ManualClock();
    saved = new LogTable(table, clock, nobodyElse);
    log = new RunLog(saved, new RunFeed());
    writer = log.open(run, 1);
    seen = [];
  });

  function say(count: number): void {
    for (let index = 0; index < count; index++) writer.append('chunk', { content: 'x' });
  }

  function follow(after = START): Promise<() => void> {
    return log.follow('r', after, (event) => seen.push(event));
  }

  function seqs(): number[] {
    return seen.map(({ seq }) => seq);
  }

  it('gives what was, then what comes, until it is ended', async () => {
    say(3);
    const end = await follow({ attempt: 1, seq: 1 });
    say(2);
    end();
    say(1);
    expect(seqs()).toEqual(range(2, 5));
  });

  it('reads from the table what left the memory', async () => {
    say(MANY);
    await saved.save();
    await follow();
    say(1);
    expect(seqs()).toEqual(range(1, MANY + 1));
  });

  it('has no gap and no repeat while events are published during the reading', async () => {
    say(MANY);
    await saved.save();
    table.during = () => say(500);
    await follow();
    say(1);
    expect(seqs()).toEqual(range(1, MANY + 501));
  });

  it('has no gap when the memory is trimmed again during the reading', async () => {
    say(MANY);
    await saved.save();
    table.during = async () => {
      say(MANY);
      await saved.save();
    };
    await follow();
    say(1);
    expect(seqs()).toEqual(range(1, 2 * MANY + 1));
  });

  it('has no gap while the table cannot be written', async () => {
    table.error = new StoreError('unavailable', 'away');
    say(MANY);
    await saved.save();
    table.read = async () => [];
    await follow();
    say(1);
    expect(seqs()).toEqual(range(1, MANY + 1));
  });

  it('by several at once waits for what is being written', async () => {
    say(MANY);
    const { promise, resolve } = Promise.withResolvers<void>();
    table.during = () => promise;
    const writing = saved.save();
    const others: RunEvent[] = [];
    const all = [follow(), log.follow('r', START, (event) => others.push(event))];
    resolve();
    await Promise.all([...all, writing]);
    expect(seqs()).toEqual(range(1, MANY));
    expect(others).toEqual(seen);
  });

  it('works for an ended run, and long after it left the memory', async () => {
    say(3);
    writer.append('run.completed', { status: 'completed' });
    writer.close();
    await follow();
    expect(seqs()).toEqual(range(1, 4));
    await saved.save();
    log = new RunLog(saved, new RunFeed());
    seen = [];
    await follow({ attempt: 1, seq: 2 });
    expect(seqs()).toEqual(range(3, 4));
  });

  it('goes on with the next attempt where the one before ended', async () => {
    say(3);
    writer.close();
    await saved.save();
    log.open(run, 2).append('run.failed', { error: 'interrupted', code: 'UNAVAILABLE' });
    await follow({ attempt: 1, seq: 1 });
    expect(seen.map(({ attempt, seq }) => [attempt, seq])).toEqual([
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
  });

  it('misses nothing of the next attempt that is said during the reading', async () => {
    say(3);
    writer.close();
    await saved.save();
    const next = log.open(run, 2);
    table.during = () => next.append('run.failed', { error: 'interrupted', code: 'UNAVAILABLE' });
    await follow({ attempt: 1, seq: 3 });
    expect(seen).toMatchObject([{ attempt: 2, seq: 1, type: 'run.failed' }]);
  });

  it('leaves out what has become void, and tells it to whoever has seen some of it', async () => {
    say(3);
    const end = await follow();
    writer.leave();
    const next = log.open(run, 2);
    next.append('run.resumed', { discardAfter: { attempt: 1, seq: 2 } });
    next.append('chunk', { content: 'y' });
    expect(seen.map(({ attempt, seq }) => `${attempt}.${seq}`)).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2']);
    end();
    seen = [];
    await follow();
    next.append('chunk', { content: 'z' });
    expect(seen.map(({ attempt, seq }) => `${attempt}.${seq}`)).toEqual(['1.1', '1.2', '2.1', '2.2', '2.3']);
  });

  it('waits for the attempt that goes on with a log that was left', async () => {
    say(2);
    writer.leave();
    await follow({ attempt: 1, seq: 1 });
    expect(seqs()).toEqual([2]);
    const next = log.open(run, 3);
    next.append('run.resumed', { discardAfter: { attempt: 1, seq: 2 } });
    expect(seen.at(-1)).toMatchObject({ attempt: 3, seq: 1, type: 'run.resumed' });
  });

  it('reads on where an attempt elsewhere has ended a log that was left', async () => {
    say(2);
    writer.leave();
    await saved.save();
    const end = { runId: 'r', attempt: 2, seq: 1, type: 'run.completed', payload: { status: 'completed' } };
    table.rows.set('2/1', end);
    await follow();
    expect(seen.map(({ attempt, seq }) => `${attempt}.${seq}`)).toEqual(['1.1', '1.2', '2.1']);
  });

  it('hears nothing more of an attempt whose place a later one has taken', async () => {
    say(1);
    const next = log.open(run, 2);
    await follow();
    say(1);
    writer.close();
    next.append('run.resumed', { discardAfter: START });
    expect(seen.map(({ attempt, seq }) => `${attempt}.${seq}`)).toEqual(['1.1', '2.1']);
    await saved.save();
    expect([...table.rows.keys()]).toEqual(['1/1', '2/1']);
  });

  it('knows how far a log can be read', async () => {
    say(3);
    expect(writer.position).toEqual({ attempt: 1, seq: 3 });
    await writer.saved();
    expect([...table.rows.keys()]).toEqual(['1/3']);
    expect(await log.holds('r', { attempt: 1, seq: 3 })).toBe(true);
    expect(await log.holds('r', { attempt: 1, seq: 4 })).toBe(false);
    table.rows.clear();
    expect(await log.holds('r', { attempt: 1, seq: 3 })).toBe(false);
  });

  it('goes on for the others when one of them fails', async () => {
    await log.follow('r', START, () => {
      throw new Error('broken follower');
    });
    await follow();
    say(2);
    expect(seqs()).toEqual(range(1, 2));
  });
});

describe('the way of a log into its table', () => {
  let table: Table;
  let clock: ManualClock;
  let saved: LogTable;
  let writer: LogWriter;

  beforeEach(() => {
    table = new Table();
    clock = new ManualClock();
    saved = new LogTable(table, clock, nobodyElse);
    writer = new RunLog(saved, new RunFeed()).open(run, 1);
  });

  function tools(count: number): void {
    for (let index = 0; index < count; index++) writer.append('tool.call', { id: `${index}`, name: 'glob' });
  }

  it('is taken in batches, a while after the first event', async () => {
    // Each as long as a row may be.
    for (let index = 0; index < 2_500; index++) writer.append('chunk', { content: 'x'.repeat(4_096) });
    expect(table.rows.size).toBe(0);
    clock.advance(250);
    await saved.save();
    expect(table.batches).toEqual([1_000, 1_000, 500]);
  });

  it('is shared by all who wait for it while another one goes on', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    table.during = () => promise;
    tools(1);
    const first = saved.save();
    await settled();
    tools(1);
    const second = saved.save();
    tools(1);
    const third = saved.save();
    resolve();
    await Promise.all([first, second, third]);
    expect(table.batches).toEqual([1, 1]);
  });

  it('is tried again while the database is away, and loses nothing', async () => {
    table.error = new StoreError('unavailable', 'away');
    tools(3);
    await saved.save();
    tools(2);
    table.error = undefined;
    clock.advance(1_000);
    await settled();
    const kept = [...table.rows.values()].flatMap((row) => eventsOfRow(row, { attempt: 0, seq: 0 }));
    expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not blocked by what the database refuses', async () => {
    table.error = new Error('invalid');
    tools(1);
    await saved.save();
    table.error = undefined;
    tools(1);
    await saved.save();
    expect([...table.rows.values()].map(({ seq }) => seq)).toEqual([2]);
  });

  it('ends with a last write at shutdown, and no timer is left', async () => {
    tools(1);
    await saved.onApplicationShutdown();
    expect(table.rows.size).toBe(1);
    expect(clock.pending).toBe(0);
    table.error = new StoreError('unavailable', 'away');
    tools(1);
    await saved.save();
    expect(clock.pending).toBe(0);
  });
});
