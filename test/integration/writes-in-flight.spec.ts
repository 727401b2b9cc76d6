import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { SystemClock, newId } from '#kernel';
import {
  AgentStore,
  type Database,
  type Lease,
  LeaseStore,
  type NewMessage,
  type NewRun,
  NO_USAGE,
  openDatabase,
  RunStore,
  SessionStore,
  TranscriptStore,
} from '#store';
import { callerOf } from '../support/callers.js';
import { newRunOf } from '../support/new-run.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

const ann = callerOf('ann');
const me = { owner: newId(), limitMs: 60_000 };
const other = { owner: newId(), limitMs: 60_000 };

function said(words: string): NewMessage {
  return { id: newId(), role: 'assistant', content: [{ type: 'text', text: words }], tokens: 1 };
}

/** A connection can break while the server still works on its statement: what comes next must see what that wrote. */
describeWithPostgres('a write whose connection broke while it was going', () => {
  let own: TestDatabase;
  let database: Database;
  let blocker: Client;
  let runs: RunStore;
  let leases: LeaseStore;
  let agentId: string;
  let key: string;
  let sessionId: string;
  let lease: Lease;

  beforeAll(async () => {
    own = await createTestDatabase();
    database = await openDatabase({
      dsn: own.dsn,
      dataDir: '/nowhere',
      poolSize: 6,
      clock: new SystemClock(),
    });
    blocker = new Client({ connectionString: own.dsn });
    await blocker.connect();
    runs = new RunStore(database);
    leases = new LeaseStore(database);
    const agents = new AgentStore(database);
    await agents.upsert({ agent_key: 'default', owner_id: 'system', provider: 'p', model: 'm' });
    agentId = (await agents.findByKey('default'))?.id ?? '';
  });
  afterAll(async () => {
    await blocker.end();
    await database.close();
    await own.drop();
  });
  beforeEach(async () => {
    key = `agent:default:test:${newId()}`;
    sessionId = await new SessionStore(database).ensure(ann, { key, agentId });
    const accepted = await runs.acceptAndStart(runOf('hello'), me);
    if (!accepted) throw new Error('The run was not started.');
    lease = accepted;
  });

  function runOf(words: string): NewRun {
    return newRunOf({ caller: ann, agentId, sessionId, sessionKey: key }, words);
  }

  /** Does both, the second while the first is going, and lets them end. */
  async function beside<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId]);
    const begun = first();
    await waiting(1);
    const repeated = second();
    await waiting(2);
    await blocker.query('COMMIT');
    return Promise.all([begun, repeated]);
  }

  async function waiting(count: number): Promise<void> {
    await vi.waitFor(async () => {
      const rows = await database.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(rows).toHaveLength(count);
    }, 10_000);
  }

  async function transcript(): Promise<string[]> {
    const page = await new TranscriptStore(database).page(ann, key, 100);
    return page.map(({ content }) => content.map((part) => ('text' in part ? part.text : '')).join(''));
  }

  const progress = { content: 'one', usage: NO_USAGE, position: { attempt: 1, seq: 3 } };

  it('writes a step once when it is repeated', async () => {
    const step = [said('one')];
    const append = () => runs.append(lease, step, progress);
    expect(await beside(append, append)).toEqual([2, 2]);
    expect(await transcript()).toEqual(expect.arrayContaining(['hello', 'one']));
    expect(await transcript()).toHaveLength(2);
    expect(await runs.append(lease, [said('two')], progress)).toBe(3);
  });

  it('ends a run once when it is repeated, and is not taken for a lost lease', async () => {
    const end = { state: 'completed', content: 'x', usage: NO_USAGE, messages: [said('x')] } as const;
    const finish = () => runs.finish(lease, end);
    expect(await beside(finish, finish)).toEqual([2, 0]);
    expect(await transcript()).toHaveLength(2);
  });

  it('is part of what whoever takes over goes on from', async () => {
    const left = {
      run: { ...runOf('hello'), id: lease.runId },
      position: 1,
      epoch: 1,
      attempt: 1,
      interruptions: 1,
    };
    const [, taken] = await beside(
      () => runs.append(lease, [said('one')], progress),
      () => leases.takeOver({ ...left, abortReason: undefined }, other),
    );
    expect(taken).toMatchObject({ epoch: 2, attempt: 2, progress, session: { firstSeq: 3 } });
  });
});
