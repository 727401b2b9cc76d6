import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type RunHandle, RunService } from '#agent';
import { Clock, newId } from '#kernel';
import { type ApprovalRow, type Database, Replicas } from '#store';
import { ApprovalDesk, ApproverReach } from '#tools';
import { type AgentApp, startAgentApp } from '../support/agent-app.js';
import { LOOK_INTERVAL_MS } from '../../src/tools/approvals/decision-watch.js';
import { ApprovedCommand } from '../support/approved-command.js';
import { callerOf } from '../support/callers.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { SharedDatabase } from '../support/replicas.js';

const ann = callerOf('ann');
const PATIENCE = { timeout: 20_000 };
const config = { tools: { execApproval: { security: 'full', ask: 'always' } } };

interface Replica {
  readonly app: AgentApp;
  readonly database: Database;
  readonly desk: ApprovalDesk;
}

describeWithPostgres('a command that needs an approval, on two replicas', () => {
  let shared: SharedDatabase;
  let llm: ScriptedLlm;
  let one: Replica;
  let two: Replica;
  let started: string[];
  /** Users that are connected to the second replica; to the first one nobody is. */
  let connected: string[];

  beforeAll(async () => {
    shared = await SharedDatabase.create();
    llm = await ScriptedLlm.start();
    started = [];
    one = await begin(() => false);
    two = await begin((userId) => connected.includes(userId));
    for (const { app } of [one, two])
      await vi.waitUntil(() => app.get(Replicas).peerCount === 1, { timeout: 20_000 });
  });
  afterAll(async () => {
    await one.app[Symbol.asyncDispose]();
    await two.app[Symbol.asyncDispose]();
    await shared[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    started.splice(0);
    connected = [];
  });
  afterEach(() => vi.restoreAllMocks());

  async function begin(presence: (userId: string) => boolean): Promise<Replica> {
    const database = await shared.open();
    const tool = new ApprovedCommand(started);
    const app = await startAgentApp({ llm, database, tools: [tool], config });
    app.get(ApproverReach, { strict: false }).attend(presence);
    tool.attach(app);
    return { app, database, desk: app.get(ApprovalDesk, { strict: false }) };
  }

  /** A run on the first replica that wants to start a command. */
  function submit(): Promise<RunHandle> {
    llm.replyToolCalls([{ name: 'run', arguments: { command: 'make all' } }]).reply('Done.');
    return one.app.get(RunService).submit({
      caller: ann,
      sessionKey: `agent:default:test:${newId()}`,
      content: [{ type: 'text', text: 'Build it' }],
      stream: false,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
    });
  }

  async function waiting({ desk }: Replica): Promise<ApprovalRow> {
    await expect.poll(() => desk.pending(ann), PATIENCE).toHaveLength(1);
    const [row] = await desk.pending(ann);
    if (!row) throw new Error('nothing waits');
    return row;
  }

  /** News alone can tell this replica. */
  function neverLook({ app }: Replica): void {
    const clock = app.get(Clock);
    const after = clock.after.bind(clock);
    vi.spyOn(clock, 'after').mockImplementation((ms, callback) =>
      ms === LOOK_INTERVAL_MS ? () => undefined : after(ms, callback),
    );
  }

  function told(): string {
    return JSON.stringify(llm.lastRequest.messages.findLast(({ role }) => role === 'tool'));
  }

  it('waits for whoever is connected to the other one, and hears at once what is decided there', async () => {
    connected = ['ann'];
    neverLook(one);
    const handle = await submit();
    const { id } = await waiting(two);
    await two.desk.decide(ann, id, 'allow-once');
    expect(await handle.done).toMatchObject({ outcome: 'completed' });
    expect(started).toEqual(['make all']);
  });

  it('is refused when somebody else is connected to the other one, and when nobody is', async () => {
    for (const others of [['bob'], []]) {
      connected = others;
      await (
        await submit()
      ).done;
      expect(told()).toContain('nobody is connected who may give one');
    }
    expect(started).toEqual([]);
  });

  it('is found decided when the news of it were lost', async () => {
    connected = ['ann'];
    const handle = await submit();
    const { id } = await waiting(one);
    await two.database.query(
      `UPDATE approvals SET state = 'approved', decision = 'allow-once' WHERE id = $1`,
      [id],
    );
    expect(await handle.done).toMatchObject({ outcome: 'completed' });
    expect(started).toEqual(['make all']);
  });
});
