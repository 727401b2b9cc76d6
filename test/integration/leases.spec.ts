import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '#kernel';
import {
  AgentStore,
  type Database,
  type Lease,
  LeaseStore,
  type LeftRun,
  type NewRun,
  NO_USAGE,
  RunControlStore,
  type RunEnd,
  RunStore,
  SessionStore,
  TranscriptStore,
} from '#store';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { messageOf, newRunOf } from '../support/new-run.js';

const ann = callerOf('ann');
const MANY = 1_000;

const ended: RunEnd = { state: 'completed', content: 'done', usage: NO_USAGE, messages: [] };

describeEachEngine('leases of runs', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let runs: RunStore;
  let leases: LeaseStore;
  let control: RunControlStore;
  let sessions: SessionStore;
  let transcript: TranscriptStore;
  let agentId: string;
  let key: string;
  let sessionId: string;
  /** Two replicas; new ones for every test. */
  let here: { owner: string; limitMs: number };
  let there: { owner: string; limitMs: number };

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    runs = new RunStore(database);
    leases = new LeaseStore(database);
    control = new RunControlStore(database);
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
    // What other tests left open is nobody's business here.
    await database.query(`UPDATE runs SET state = 'aborted' WHERE state IN ('queued', 'running')`);
    key = `agent:default:test:${newId()}`;
    sessionId = await sessions.ensure(ann, { key, agentId });
    here = { owner: newId(), limitMs: 60_000 };
    there = { owner: newId(), limitMs: 60_000 };
  });

  function newRun(overrides: Partial<NewRun> = {}): NewRun {
    return newRunOf({ caller: ann, agentId, sessionId, sessionKey: key, ...overrides });
  }

  async function started(run: NewRun, terms = here): Promise<Lease> {
    const lease = await runs.acceptAndStart(run, terms);
    if (!lease) throw new Error('It was not started.');
    return lease;
  }

  async function waiting(run: NewRun, terms = here): Promise<NewRun> {
    expect(await runs.accept(run, terms.owner)).toBeDefined();
    return run;
  }

  async function lapse(runId: string): Promise<void> {
    await database.query(`UPDATE runs SET lease_until = now() - interval '1 ms' WHERE id = $1`, [runId]);
  }

  async function left(gone: string[] = [], held: string[] = []): Promise<LeftRun[]> {
    return leases.leftRunning(here.owner, held, gone, MANY);
  }

  const start = (run: NewRun, terms = here, merged: string[] = []) =>
    runs.start(run.id, run.input.messages, terms, merged);

  async function said(): Promise<number> {
    return (await transcript.page(ann, key, 100)).length;
  }

  it('are taken over when they lapse, by the clock of the database, and not before', async () => {
    const caller = { ...ann, sender: 'chat:bob' };
    const lease = await started(newRun({ caller }), there);
    expect(await left()).toEqual([]);
    await lapse(lease.runId);
    const [found] = await left();
    expect(found).toMatchObject({ epoch: 1, attempt: 1, run: { id: lease.runId, caller, sessionKey: key } });
    const taken = await leases.takeOver(found as LeftRun, here);
    expect(taken).toMatchObject({ epoch: 2, attempt: 2, session: { firstSeq: 2 } });
    expect(await left([], [lease.runId])).toEqual([]);
  });

  it('are taken over at once from an owner that is gone or has given them up', async () => {
    const lease = await started(newRun(), there);
    expect((await left([there.owner])).map(({ run }) => run.id)).toEqual([lease.runId]);
    expect(await leases.otherOwners(here.owner)).toEqual([there.owner]);
    expect(await leases.release(there.owner)).toBe(1);
    expect(await leases.otherOwners(here.owner)).toEqual([]);
    expect((await left()).map(({ run }) => run.id)).toEqual([lease.runId]);
    expect(await runs.finish(lease, ended)).toBeUndefined();
  });

  it('count how often their replica was lost, and not how often it gave them up', async () => {
    const lease = await started(newRun(), there);
    await leases.release(there.owner);
    const [released] = await left();
    expect(released).toMatchObject({ attempt: 1, interruptions: 0 });
    await leases.takeOver(released as LeftRun, there);
    await lapse(lease.runId);
    const [lost] = await left();
    expect(lost).toMatchObject({ attempt: 2, interruptions: 1 });
    await leases.takeOver(lost as LeftRun, there);
    await lapse(lease.runId);
    expect((await left())[0]).toMatchObject({ attempt: 3, interruptions: 2 });
  });

  it('that this replica has without working on them are left as well', async () => {
    const lease = await started(newRun());
    expect(await left([], [lease.runId])).toEqual([]);
    expect((await left()).map(({ run }) => run.id)).toEqual([lease.runId]);
  });

  it('are taken over by one of two replicas that try', async () => {
    const lease = await started(newRun(), { ...here, owner: newId() });
    await lapse(lease.runId);
    const [found] = await left();
    const taken = await Promise.all([here, there].map((terms) => leases.takeOver(found as LeftRun, terms)));
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('of an older epoch change nothing: no step, no end, no reply', async () => {
    const peer = { channel: 'chat', chatId: 'c', chatKind: 'direct' } as const;
    const lease = await started(newRun({ peer }), there);
    await lapse(lease.runId);
    const taken = await leases.takeOver((await left())[0] as LeftRun, here);
    const progress = { content: 'late', usage: NO_USAGE, position: { attempt: 1, seq: 9 } };
    expect(await runs.append(lease, [messageOf('assistant', 'late')], progress)).toBeUndefined();
    const reply = { chat: { id: 'c', kind: 'direct' }, text: 'late' } as const;
    expect(
      await runs.finish(lease, { ...ended, messages: [messageOf('assistant', 'late')], reply }),
    ).toBeUndefined();
    expect(await said()).toBe(1);
    const replies = () => database.query('SELECT id FROM outbox WHERE run_id = $1', [lease.runId]);
    expect(await replies()).toEqual([]);
    expect(await runs.finish(taken as Lease, { ...ended, reply })).toBe(2);
    expect(await runs.finish(taken as Lease, { ...ended, reply })).toBe(0);
    expect(await replies()).toHaveLength(1);
  });

  it('come back with what the attempts before had brought forth', async () => {
    const progress = { content: 'so far', usage: NO_USAGE, position: { attempt: 1, seq: 4 }, model: 'm' };
    const stored = await started(newRun(), there);
    await runs.append(stored, [messageOf('assistant', 'so far')], progress);
    const unstored = await started(newRun({ sessionId: undefined, origin: 'http' }), there);
    const step = messageOf('assistant', 'so far');
    for (let repeat = 0; repeat < 2; repeat++) expect(await runs.append(unstored, [step], progress)).toBe(0);
    const found = await left([there.owner]);
    const taken = await Promise.all(found.map((one) => leases.takeOver(one, here)));
    const of = (id: string) => taken.find((lease) => lease?.runId === id);
    expect(of(stored.runId)).toMatchObject({ progress, session: { firstSeq: 3 } });
    expect(of(unstored.runId)).toMatchObject({ progress, steps: [step] });
  });

  it('that wait are found again by an owner that does not know of them: the answer was lost', async () => {
    const [known, lost] = [await waiting(newRun()), await waiting(newRun())];
    expect(await leases.adopt(here.owner, [], MANY)).toEqual([]);
    const found = await leases.adopt(here.owner, [], MANY, [known.id]);
    expect(found.map(({ run }) => run.id)).toEqual([lost.id]);
  });

  it('that wait are left where their HTTP client waits, unless they go on without it', async () => {
    const plain = await waiting(newRun({ origin: 'http' }), there);
    expect(await leases.adoptNext(here.owner, sessionId)).toBeUndefined();
    await runs.closeQueued(plain.id, 'aborted', 'm', 'INTERNAL');
    const input = { messages: [messageOf('user', 'x')], stream: false, detached: true };
    const detached = await waiting(newRun({ origin: 'http', input }), there);
    expect((await leases.adoptNext(here.owner, sessionId))?.run.id).toBe(detached.id);
  });

  it('end with a word to the chat also when the conversation was deleted before', async () => {
    const peer = { channel: 'chat', chatId: 'c', chatKind: 'direct' } as const;
    const run = await waiting(newRun({ peer }));
    await sessions.delete(ann, key);
    const lease = (await start(run)) as Lease;
    expect(lease.session).toBeUndefined();
    const reply = { chat: { id: 'c', kind: 'direct' }, text: 'gone' } as const;
    for (let repeat = 0; repeat < 2; repeat++)
      expect(await runs.finish(lease, { ...ended, state: 'failed', reply })).toBe(0);
    expect(await database.query('SELECT id FROM outbox WHERE run_id = $1', [run.id])).toHaveLength(1);
  });

  it('are renewed for their owner alone, and tell who is to stop', async () => {
    const [own, foreign] = [await started(newRun()), await started(newRun({ sessionId: undefined }), there)];
    await lapse(own.runId);
    await lapse(foreign.runId);
    await control.abort(ann, { runId: own.runId, except: [] }, 'user', { message: 'm', code: 'INTERNAL' });
    expect(await leases.renew(here.owner, [own.runId, foreign.runId])).toEqual([
      { id: own.runId, abortReason: 'user' },
    ]);
    expect((await left([], [])).map(({ run }) => run.id)).toContain(foreign.runId);
    expect((await leases.leftRunning(there.owner, [foreign.runId], [], MANY)).length).toBe(0);
  });

  it('are given in the order of acceptance, over all replicas', async () => {
    const going = await started(newRun());
    const [first, second] = [await waiting(newRun(), there), await waiting(newRun())];
    expect(await start(second)).toBe('not-yet');
    await runs.finish(going, ended);
    expect(await start(second)).toBe('not-yet');
    const lease = await start(first, there);
    expect(lease).toMatchObject({ epoch: 1 });
    expect(await start(second)).toBe('not-yet');
    await runs.finish(lease as Lease, ended);
    expect(await start(second)).toMatchObject({ epoch: 1 });
  });

  it('are not given to a new message while others wait in its session', async () => {
    await waiting(newRun(), there);
    expect(await runs.acceptAndStart(newRun(), here)).toBeUndefined();
  });

  it('of one session are given to one of many that ask at the same time', async () => {
    const terms = Array.from({ length: 8 }, () => ({ owner: newId(), limitMs: 60_000 }));
    const given = await Promise.all(terms.map((one) => runs.acceptAndStart(newRun(), one)));
    expect(given.filter((lease) => lease !== undefined)).toHaveLength(1);
    expect(await said()).toBe(1);
  });

  it('do not merge messages between which another replica’s stands, or that were taken away', async () => {
    const [a, , c] = [await waiting(newRun()), await waiting(newRun(), there), await waiting(newRun())];
    expect(await start(a, here, [c.id])).toBe('not-yet');
    const next = newRun({ sessionId: undefined });
    await waiting(next);
    await control.abort(ann, { runId: c.id, except: [] }, 'user', { message: 'm', code: 'INTERNAL' });
    expect(await start(a, here, [c.id])).toBe('not-yet');
    expect(await start(a)).toMatchObject({ epoch: 1 });
  });

  it('of waiting runs are adopted from those that are gone, oldest first, each once', async () => {
    const [a, b] = [await waiting(newRun(), there), await waiting(newRun(), there)];
    expect(await leases.adopt(here.owner, [], MANY)).toEqual([]);
    const adopted = await leases.adopt(here.owner, [there.owner], MANY);
    expect(adopted.map(({ run }) => run.id)).toEqual([a.id, b.id]);
    expect(adopted[0]?.run).toEqual({ ...a, sessionId });
    expect(await leases.adopt(here.owner, [there.owner], MANY)).toEqual([]);
    expect(await start(a, there)).toBe('gone');
    expect(await start(a, here)).toMatchObject({ epoch: 1 });
  });

  it('of a session’s next run are adopted from whoever has it, when no run of it is going', async () => {
    const going = await started(newRun());
    const [next] = [await waiting(newRun(), there), await waiting(newRun(), there)];
    expect(await leases.hasWaiting(sessionId)).toBe(true);
    expect(await leases.adoptNext(here.owner, sessionId)).toBeUndefined();
    await runs.finish(going, ended);
    expect((await leases.adoptNext(here.owner, sessionId))?.run.id).toBe(next?.id);
  });

  it('let their runs be stopped by their users alone, waiting and going, here and there', async () => {
    const going = await started(newRun(), there);
    const queued = await waiting(newRun(), there);
    const kept = await waiting(newRun());
    const note = { message: 'The run was aborted.', code: 'FAILED_PRECONDITION' } as const;
    const selector = { sessionKey: key, except: [kept.id] };
    expect(await control.abort(callerOf('bob'), selector, 'user', note)).toEqual({ ended: [], asked: [] });
    expect(await control.abort(ann, selector, 'user', note)).toEqual({
      ended: [queued.id],
      asked: [going.runId],
    });
    expect(await runs.find(ann, queued.id)).toMatchObject({ state: 'aborted' });
    expect(await runs.find(ann, kept.id)).toMatchObject({ state: 'queued' });
    expect((await left([there.owner]))[0]).toMatchObject({ abortReason: 'user' });
    expect(await control.ended([queued.id, going.runId])).toEqual([queued.id]);
    expect((await control.open(ann, 'default')).toSorted()).toEqual([going.runId, kept.id].toSorted());
  });

  it('are in the way of a newer message: what waits before it, what goes is to stop; never the other way', async () => {
    const going = await started(newRun(), there);
    const older = await waiting(newRun(), there);
    const newer = await waiting(newRun());
    const found = await control.inTheWayOf(sessionId, newer.id, 'interrupt');
    expect(found.waiting.map(({ id }) => id)).toEqual([older.id]);
    expect(found.asked).toEqual([going.runId]);
    expect((await leases.renew(there.owner, [going.runId]))[0]).toMatchObject({ abortReason: 'interrupt' });
    await runs.finish(going, ended);
    await runs.closeQueued(older.id, 'dropped', 'replaced', 'RESOURCE_EXHAUSTED');
    await start(newer);
    expect(await control.inTheWayOf(sessionId, older.id, 'interrupt')).toEqual({ waiting: [], asked: [] });
  });

  it('keep conversations from being changed while a run is going, wherever', async () => {
    const going = await started(newRun(), there);
    const busy = { reason: 'session-busy' };
    await expect(sessions.reset(ann, key)).rejects.toMatchObject(busy);
    await expect(sessions.delete(ann, key)).rejects.toMatchObject(busy);
    await expect(transcript.append(ann, key, messageOf('assistant', 'between'))).rejects.toMatchObject(busy);
    await runs.finish(going, ended);
    expect(await transcript.append(ann, key, messageOf('assistant', 'behind'))).toBe(true);
  });
});
