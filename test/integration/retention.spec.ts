import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RunService } from '#agent';
import { newId } from '#kernel';
import { SessionService } from '#sessions';
import { AuditStore, type Database, RunEventStore, RunStore } from '#store';
import { TraceQuery } from '#tracing';
import { Retention } from '../../src/store/retention/retention.js';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ScriptedLlm } from '../support/llm/index.js';

const ann = callerOf('ann');
const START = { attempt: 0, seq: 0 };

describeEachEngine('retention', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let app: AgentApp;
  let sessionKey: string;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(async () => {
    llm = await ScriptedLlm.start();
    app = await startAgentApp({ llm, database });
    sessionKey = `agent:default:test:${newId()}`;
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  async function finishedRun(): Promise<string> {
    llm.reply('Yes.');
    const { done, runId } = await app.get(RunService).submit({
      caller: ann,
      sessionKey,
      content: [{ type: 'text', text: 'hi' }],
      stream: false,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
    });
    await done;
    await expect.poll(async () => (await kept(runId)).events).toBe(true);
    return runId;
  }

  /** What there is of a run. */
  async function kept(runId: string): Promise<{ run: boolean; events: boolean; trace: boolean }> {
    const traces = await app.get(TraceQuery).list(ann, { runId, limit: 1, offset: 0 });
    return {
      run: (await app.get(RunStore).find(ann, runId)) !== undefined,
      events: (await app.get(RunEventStore).read(runId, START)).length > 0,
      trace: traces.length > 0,
    };
  }

  /** Makes everything of a run this much older. */
  async function age(runId: string, interval: string): Promise<void> {
    await app.get(TraceQuery).list(ann, { runId, limit: 1, offset: 0 });
    await database.query(`UPDATE runs SET finished_at = finished_at - $2::interval WHERE id = $1`, [
      runId,
      interval,
    ]);
    await database.query(`UPDATE run_events SET at = at - $2::interval WHERE run_id = $1`, [runId, interval]);
    await database.query(`UPDATE traces SET start_time = start_time - $2::interval WHERE run_id = $1`, [
      runId,
      interval,
    ]);
  }

  it('removes run logs after a day, traces after 30, runs after 90, and no transcript', async () => {
    const days = { 0: await finishedRun(), 2: await finishedRun(), 31: await finishedRun() };
    const oldest = await finishedRun();
    for (const [count, runId] of Object.entries(days)) await age(runId, `${count} days`);
    await age(oldest, '91 days');
    await app.get(Retention).prune();
    expect(await kept(days[0])).toEqual({ run: true, events: true, trace: true });
    expect(await kept(days[2])).toEqual({ run: true, events: false, trace: true });
    expect(await kept(days[31])).toEqual({ run: true, events: false, trace: false });
    expect(await kept(oldest)).toEqual({ run: false, events: false, trace: false });
    expect(await app.get(SessionService).history(ann, sessionKey, 100)).toHaveLength(8);
  });

  it('removes messages of channels after 30 days', async () => {
    for (const days of [29, 31]) {
      await database.query(
        `INSERT INTO inbound_messages (id, channel, platform_message_id, chat_id, sender_id, message, state, received_at)
         VALUES ($1::uuid, 'chat', $1::text, 'c', 'ann', '{}', 'accepted', now() - make_interval(days => $2))`,
        [newId(), days],
      );
      await database.query(
        `INSERT INTO outbox (id, channel, chat_id, user_id, message, state, created_at)
         VALUES ($1, 'chat', 'c', 'ann', '{}', 'sent', now() - make_interval(days => $2))`,
        [newId(), days],
      );
    }
    await app.get(Retention).prune();
    expect(await database.query('SELECT FROM inbound_messages')).toHaveLength(1);
    expect(await database.query('SELECT FROM outbox')).toHaveLength(1);
  });

  it('removes entries of the audit log after 400 days, and requests for pairing when their time is up', async () => {
    const audit = app.get(AuditStore);
    const entry = { action: 'x.y', outcome: 'ok', target: { type: 'x' } } as const;
    for (let i = 0; i < 3; i++) await database.transaction((tx) => audit.append(tx, ann, [entry]));
    await database.transaction(async (tx) => {
      await tx.query('ALTER TABLE audit_log DISABLE TRIGGER USER');
      await tx.query(
        `UPDATE audit_log SET at = now() - (400 - 1.5 * (seq - 1)) * interval '1 day' - interval '1 hour'`,
      );
      await tx.query('ALTER TABLE audit_log ENABLE TRIGGER USER');
    });
    await database.query(
      `INSERT INTO pairing_requests (id, code, sender_id, channel, chat_id, expires_at) VALUES
         ($1, 'OLD', 'a', 'browser', 'c', now() - interval '1 second'), ($2, 'NEW', 'b', 'browser', 'c', now() + interval '1 hour')`,
      [newId(), newId()],
    );
    await app.get(Retention).prune();
    expect((await audit.page({}, { limit: 10 })).items.map(({ seq }) => seq)).toEqual([3, 2]);
    expect(await database.query('SELECT code FROM pairing_requests')).toEqual([{ code: 'NEW' }]);
  });
});
