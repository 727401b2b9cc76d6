import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '#kernel';
import {
  AgentStore,
  type Database,
  type NewMessage,
  type NewRun,
  NO_USAGE,
  type RunEnd,
  RunStore,
  SessionStore,
  TranscriptStore,
} from '#store';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { messageOf, newRunOf } from '../support/new-run.js';

const ann = callerOf('ann');
const terms = { owner: newId(), limitMs: 60_000 };

/** What a run had brought forth after its first step. */
const progress = { content: '', usage: NO_USAGE, position: { attempt: 1, seq: 3 } };

function end(messages: NewMessage[], state: RunEnd['state'] = 'completed'): RunEnd {
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
  return { state, content: 'done', usage, messages, model: 'm', provider: 'p' };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is none.');
  return value;
}

describeEachEngine('run store', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let runs: RunStore;
  let sessions: SessionStore;
  let transcript: TranscriptStore;
  let agentId: string;
  let key: string;
  let sessionId: string;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    runs = new RunStore(database);
    sessions = new SessionStore(database);
    transcript = new TranscriptStore(database);
    const agents = new AgentStore(database);
    await agents.upsert({ agent_key: 'default', owner_id: 'system', provider: 'p', model: 'm' });
    agentId = (await agents.findByKey('default'))?.id ?? '';
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(async () => {
    key = `agent:default:test:${newId()}`;
    sessionId = await sessions.ensure(ann, { key, agentId });
  });

  function newRun(overrides: Partial<NewRun> = {}): NewRun {
    return newRunOf({ caller: ann, agentId, sessionId, sessionKey: key, ...overrides });
  }

  async function said(): Promise<string[]> {
    const page = await transcript.page(ann, key, 100);
    return page.map(
      ({ seq, role, content }) =>
        `${seq} ${role} ${content.map((p) => (p.type === 'text' ? p.text : p.type)).join()}`,
    );
  }

  it('accepts, leases and appends the message in one statement, and finishes with messages and totals', async () => {
    const run = newRun();
    const lease = await runs.acceptAndStart(run, terms);
    expect(lease).toMatchObject({
      epoch: 1,
      attempt: 1,
      session: { id: sessionId, firstSeq: 1, windowStartSeq: 1 },
    });
    expect(await said()).toEqual(['1 user hello']);
    expect(await runs.finish(present(lease), end([messageOf('assistant', 'hi')]))).toBe(2);
    expect(await said()).toEqual(['1 user hello', '2 assistant hi']);
    expect(await runs.find(ann, run.id)).toMatchObject({ state: 'completed', content: 'done' });
    expect(await sessions.find(ann, key)).toMatchObject({
      next_seq: 3,
      input_tokens: 7,
      output_tokens: 3,
      provider: 'p',
    });
  });

  it('leaves a waiting run outside of the transcript until it gets its turn', async () => {
    const run = newRun();
    expect(await runs.accept(run, terms.owner)).toEqual(expect.any(Number));
    expect(await said()).toEqual([]);
    const lease = await runs.start(run.id, run.input.messages, terms);
    expect(lease).toMatchObject({ session: { firstSeq: 1 } });
    expect(await said()).toEqual(['1 user hello']);
    const stranger = { ...terms, owner: newId() };
    expect(await runs.start(run.id, run.input.messages, stranger)).toBe('gone');
    expect(await runs.start(run.id, run.input.messages, terms)).toEqual(lease);
    expect(await said()).toEqual(['1 user hello']);
  });

  it('starts no second run of a session, and writes nothing of it', async () => {
    await runs.acceptAndStart(newRun(), terms);
    const second = newRun();
    expect(await runs.acceptAndStart(second, terms)).toBeUndefined();
    expect(await runs.find(ann, second.id)).toBeUndefined();
    expect(await said()).toEqual(['1 user hello']);
  });

  it('accepts one run per user, operation and idempotency key', async () => {
    const repeated = { idempotencyKey: newId() };
    expect(await runs.acceptAndStart(newRun(repeated), terms)).toBeDefined();
    expect(await runs.accept(newRun(repeated), terms.owner)).toBeUndefined();
    expect(await runs.acceptAndStart(newRun(repeated), terms)).toBeUndefined();
    expect(await said()).toEqual(['1 user hello']);
    const ofBob = newRun({ ...repeated, caller: callerOf('bob'), sessionId: undefined });
    expect(await runs.accept(ofBob, terms.owner)).toEqual(expect.any(Number));
  });

  it('lets an idempotency key name another run after 24 hours', async () => {
    const run = newRun({ idempotencyKey: newId() });
    await runs.accept(run, terms.owner);
    await database.query(`UPDATE runs SET created_at = now() - interval '25 hours' WHERE id = $1`, [run.id]);
    const later = newRun({ idempotencyKey: present(run.idempotencyKey) });
    expect(await runs.accept(later, terms.owner)).toEqual(expect.any(Number));
  });

  it('appends and finishes once when a write is repeated after a lost connection', async () => {
    const lease = present(await runs.acceptAndStart(newRun(), terms));
    const step = [messageOf('assistant', 'let me look'), messageOf('tool', 'found')];
    expect(await runs.append(lease, step, progress)).toBe(2);
    expect(await runs.append(lease, step, progress)).toBe(2);
    const last = end([messageOf('assistant', 'there')]);
    expect(await runs.finish(lease, last)).toBe(4);
    expect(await runs.finish(lease, last)).toBe(0);
    expect(await said()).toEqual([
      '1 user hello',
      '2 assistant let me look',
      '3 tool found',
      '4 assistant there',
    ]);
  });

  it('keeps a run without a session out of every transcript', async () => {
    const run = newRun({ sessionId: undefined, origin: 'http' });
    const lease = present(await runs.acceptAndStart(run, terms));
    expect(lease.session).toBeUndefined();
    expect(await runs.finish(lease, end([messageOf('assistant', 'hi')]))).toBe(0);
    expect(await said()).toEqual([]);
  });

  it('stores text that PostgreSQL refuses', async () => {
    const run = newRun({
      input: { messages: [messageOf('user', 'a\u0000b \ud800 \\u0000 c')], stream: false },
    });
    expect(await runs.acceptAndStart(run, terms)).toBeDefined();
    expect(await said()).toEqual(['1 user a\ufffdb \ufffd \\u0000 c']);
  });

  it('drops and merges waiting runs, and only waiting ones', async () => {
    const [a, b, c] = [newRun(), newRun(), newRun()];
    for (const run of [a, c, b]) await runs.accept(run, terms.owner);
    expect(await runs.closeQueued(a.id, 'dropped', 'queue is full', 'RESOURCE_EXHAUSTED')).toBe(true);
    const words = [c, b].flatMap((run) => run.input.messages);
    expect(await runs.start(c.id, words, terms, [a.id, b.id])).toBe('not-yet');
    expect(await runs.start(c.id, words, terms, [b.id])).toMatchObject({
      epoch: 1,
      session: { firstSeq: 1 },
    });
    expect(await said()).toHaveLength(2);
    expect(await runs.find(ann, a.id)).toMatchObject({ state: 'dropped' });
    expect(await runs.find(ann, b.id)).toMatchObject({ state: 'merged', mergedInto: c.id });
    expect(await runs.closeQueued(c.id, 'aborted', 'stopped', 'INTERNAL')).toBe(false);
  });

  it('shows a run to its owner alone', async () => {
    const run = newRun({ idempotencyKey: newId() });
    await runs.accept(run, terms.owner);
    const bob = callerOf('bob');
    expect(await runs.find(bob, run.id)).toBeUndefined();
    expect(await runs.findByKey(bob, 'chat.send', present(run.idempotencyKey))).toBeUndefined();
    expect(await runs.findByKey(ann, 'chat.send', present(run.idempotencyKey))).toMatchObject({ id: run.id });
  });

  it('resets and deletes a session; other users cannot', async () => {
    await transcript.append(ann, key, messageOf('assistant', 'old'));
    const bob = callerOf('bob');
    expect(await sessions.reset(bob, key)).toBeUndefined();
    expect(await sessions.delete(bob, key)).toBeUndefined();
    expect(await transcript.append(bob, key, messageOf('user', 'intruder'))).toBe(false);
    expect(await transcript.page(bob, key, 10)).toEqual([]);
    await sessions.reset(ann, key);
    expect(await said()).toEqual([]);
    expect(await transcript.range(sessionId, 1, 10)).toHaveLength(1);
    await sessions.delete(ann, key);
    expect(await sessions.find(ann, key)).toBeNull();
    expect(await sessions.ensure(ann, { key, agentId })).not.toBe(sessionId);
  });

  it('sets a session aside whose agent is gone when another agent has its key', async () => {
    await transcript.append(ann, key, messageOf('user', 'told to the first agent'));
    const agents = new AgentStore(database);
    await agents.upsert({ agent_key: `heir-${key.slice(-12)}`, owner_id: 'eve', provider: 'p', model: 'm' });
    const heir = (await agents.findByKey(`heir-${key.slice(-12)}`))?.id ?? '';
    // The replica that knew the session, and one that did not.
    for (const store of [sessions, new SessionStore(database)]) {
      const made = await store.ensure(ann, { key, agentId: heir });
      expect(made).not.toBe(sessionId);
      expect(await store.find(ann, key)).toMatchObject({ id: made, agent_id: heir });
    }
    expect(await said()).toEqual([]);
    expect(await sessions.find(ann, `${key}:of:${agentId}`)).toMatchObject({ id: sessionId });
  });

  it('moves the window by compaction once, and never after a reset', async () => {
    for (const words of ['a', 'b', 'c']) await transcript.append(ann, key, messageOf('user', words));
    expect(await sessions.compact(sessionId, { summary: 's', windowStartSeq: 3, expectedCount: 0 })).toBe(
      true,
    );
    expect(await sessions.compact(sessionId, { summary: 'late', windowStartSeq: 4, expectedCount: 0 })).toBe(
      false,
    );
    expect(await sessions.find(ann, key)).toMatchObject({
      summary: 's',
      window_start_seq: 3,
      compaction_count: 1,
    });
    expect(await said()).toHaveLength(3);
    await sessions.reset(ann, key);
    expect(await sessions.compact(sessionId, { summary: 'late', windowStartSeq: 9, expectedCount: 1 })).toBe(
      false,
    );
  });

  it('lists sessions page by page, newest first', async () => {
    const cat = callerOf(`cat-${newId()}`);
    for (let index = 0; index < 5; index++) await sessions.ensure(cat, { key: `k${index}`, agentId });
    const seen: string[] = [];
    let after: { updatedAt: Date; id: string } | undefined;
    for (let page = 0; page < 3; page++) {
      const rows = await sessions.list(cat, { limit: 2, ...(after && { after }) });
      seen.push(...rows.map((row) => row.session_key));
      const last = rows.at(-1);
      after = last && { updatedAt: last.updated_at, id: last.id };
    }
    expect(seen).toEqual(['k4', 'k3', 'k2', 'k1', 'k0']);
  });

  it('refuses a statement beside an open transaction instead of waiting for itself', async () => {
    const nested = database.transaction(async () => database.query('SELECT 1'));
    await expect(nested).rejects.toThrow(/beside the open transaction/);
    await expect(database.transaction(() => database.transaction(async () => 1))).rejects.toThrow(
      /inside another/,
    );
    expect(await database.transaction((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('rolls back what a failed transaction did', async () => {
    const failed = database.transaction(async (tx) => {
      await tx.query(`UPDATE sessions SET label = 'gone' WHERE id = $1`, [sessionId]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await sessions.find(ann, key)).toMatchObject({ label: null });
  });
});
