import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunHandle, RunService } from '#agent';
import { ApprovalChanged, DomainEvents } from '#bus';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { type ApprovalRow, ApprovalStore, type Database } from '#store';
import { ApprovalDesk, ApproverReach } from '#tools';
import { ApprovedCommand } from '../support/approved-command.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { type MortalAgentApp, startMortalAgentApp } from '../support/mortal-agent-app.js';

const ann = callerOf('ann');
const PATIENCE = { timeout: 20_000 };
const bob = callerOf('bob');
const admin = callerOf('root', 'admin');

const ASK = { security: 'allowlist', ask: 'on-miss', allowlist: ['git'] };

describeEachEngine('a command that needs an approval', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let life: MortalAgentApp;
  let tool: ApprovedCommand;
  let started: string[];
  /** Whether somebody is connected. */
  let isSomebodyThere: boolean;
  let execApproval: Record<string, unknown>;

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
    started = [];
    isSomebodyThere = true;
    execApproval = ASK;
    life = await begin();
  });
  afterEach(async () => {
    await life[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
    await database.query('DELETE FROM approvals');
    await database.query('DELETE FROM exec_allowances');
  });

  async function begin(): Promise<MortalAgentApp> {
    tool = new ApprovedCommand(started);
    const config = { tools: { execApproval } };
    const app = await startMortalAgentApp({ llm, database, tools: [tool], config });
    app.get(ApproverReach, { strict: false }).attend(() => isSomebodyThere);
    tool.attach(app);
    return app;
  }

  async function restart(): Promise<void> {
    await life[Symbol.asyncDispose]();
    life = await begin();
  }

  /** Asks an agent that wants to run these commands, one after the other, and then answers. */
  async function submit(commands: readonly object[], caller: Caller = ann): Promise<RunHandle> {
    for (const [index, given] of commands.entries())
      llm.replyToolCalls([{ id: `call-${index}`, name: 'run', arguments: { ...given } }]);
    llm.reply('Done.');
    return life.get(RunService).submit({
      caller,
      sessionKey: `agent:default:test:${newId()}`,
      content: [{ type: 'text', text: 'Build it' }],
      stream: false,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
    });
  }

  const desk = (): ApprovalDesk => life.get(ApprovalDesk, { strict: false });

  async function waiting(caller: Caller = admin): Promise<ApprovalRow> {
    await expect.poll(() => desk().pending(caller), PATIENCE).toHaveLength(1);
    const [row] = await desk().pending(caller);
    if (!row) throw new Error('nothing waits');
    return row;
  }

  async function run(command: string | object, caller: Caller = ann): Promise<string> {
    const handle = await submit([typeof command === 'string' ? { command } : command], caller);
    await handle.done;
    return toldModel();
  }

  /** The last result of a tool that the model was given. */
  function toldModel(): string {
    return JSON.stringify(llm.lastRequest.messages.findLast(({ role }) => role === 'tool'));
  }

  async function audited(action: string): Promise<Record<string, unknown>[]> {
    return database.query('SELECT * FROM audit_log WHERE action = $1 ORDER BY seq', [action]);
  }

  it('is not asked for when it is listed', async () => {
    expect(await run('git status')).toContain('ran git status');
    expect(await desk().page(admin, {}, { limit: 10 })).toMatchObject({ items: [] });
  });

  it('waits as a row, starts when somebody approves it, and the approval is good for one start', async () => {
    const handle = await submit([{ command: 'make all', cwd: 'src' }]);
    const row = await waiting(ann);
    expect(row).toMatchObject({
      run_id: handle.runId,
      user_id: 'ann',
      agent_key: 'default',
      session_key: handle.sessionKey,
      tool: 'run',
      command: 'make all',
      cwd: 'src',
      place: 'host',
      entries: ['make all'],
      reason: 'Not listed: make all',
      state: 'pending',
      used_at: null,
    });
    expect(row.remaining_ms).toBeGreaterThan(100_000);
    expect(started).toEqual([]);
    expect(await desk().decide(ann, row.id, 'allow-once')).toMatchObject({
      state: 'approved',
      decided_by: 'ann',
    });
    expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Done.' });
    expect(started).toEqual(['make all']);
    expect(await desk().get(ann, row.id)).toMatchObject({ used_at: expect.any(Date) });
    expect(await life.get(ApprovalStore).use(row.id)).toBe(false);
    expect(await audited('approval.approve')).toMatchObject([
      { target_id: row.id, user_id: 'ann', details: { command: 'make all', decision: 'allow-once' } },
    ]);
  });

  it('is not started when somebody denies it, and the run goes on', async () => {
    const handle = await submit([{ command: 'make all' }]);
    const { id } = await waiting();
    await desk().decide(admin, id, 'deny');
    expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Done.' });
    expect(toldModel()).toContain('A person denied this command');
    expect(started).toEqual([]);
    expect((await audited('approval.deny')).at(-1)).toMatchObject({ target_id: id, user_id: 'root' });
  });

  it('is not started when nobody decides in time', async () => {
    const handle = await submit([{ command: 'make all' }]);
    const { id } = await waiting();
    await database.query(`UPDATE approvals SET expires_at = now() WHERE id = $1`, [id]);
    // Its time would come by itself, later.
    life.get(DomainEvents).publish(new ApprovalChanged('requested', id));
    await handle.done;
    expect(toldModel()).toContain('nobody approved it within');
    expect(await desk().get(ann, id)).toMatchObject({ state: 'expired', decision: null });
    await expect(desk().decide(ann, id, 'allow-once')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    expect(started).toEqual([]);
  });

  it('is refused at once when nobody is there who could decide', async () => {
    isSomebodyThere = false;
    expect(await run('make all')).toContain('nobody is connected who may give one');
    expect(await desk().page(ann, {}, { limit: 10 })).toMatchObject({ items: [{ state: 'unreachable' }] });
    expect(await desk().pending(ann)).toEqual([]);
  });

  it('is decided once, however many decide at the same time', async () => {
    const handle = await submit([{ command: 'make all' }]);
    const { id } = await waiting();
    const decisions = (['allow-once', 'deny', 'allow-once', 'deny'] as const).map((decision) =>
      desk().decide(admin, id, decision),
    );
    const settled = await Promise.allSettled(decisions);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of settled)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'decided' });
    await handle.done;
    const { decision } = await desk().get(admin, id);
    expect(started).toEqual(decision === 'deny' ? [] : ['make all']);
  });

  it('is seen and decided by its own user and by admins, and is not there for anybody else', async () => {
    const handle = await submit([{ command: 'make all' }]);
    const { id } = await waiting(ann);
    expect(await desk().pending(bob)).toEqual([]);
    expect(await desk().page(bob, { userId: 'ann' }, { limit: 10 })).toMatchObject({ items: [] });
    await expect(desk().get(bob, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const decision of ['allow-once', 'allow-always', 'deny'] as const)
      await expect(desk().decide(bob, id, decision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const nobodys of ['', 'exec-1', newId(), `' OR true --`])
      await expect(desk().decide(admin, nobodys, 'deny')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await waiting(admin)).state).toBe('pending');
    await desk().decide(admin, id, 'allow-once');
    await handle.done;
    expect(started).toEqual(['make all']);
  });

  it('waits no more when its run is aborted', async () => {
    const handle = await submit([{ command: 'make all' }]);
    const { id } = await waiting();
    await life.get(RunService).abort(ann, { runId: handle.runId });
    expect(await handle.done).toMatchObject({ outcome: 'aborted' });
    await expect.poll(() => desk().get(ann, id), PATIENCE).toMatchObject({ state: 'withdrawn' });
    await expect(desk().decide(ann, id, 'allow-once')).rejects.toMatchObject({ reason: 'decided' });
    expect(started).toEqual([]);
  });

  it('is asked for anew when the model gives another command the same id', async () => {
    const commands = ['make one', 'make two', 'make two'];
    for (const command of commands) llm.replyToolCalls([{ id: 'same', name: 'run', arguments: { command } }]);
    const handle = await submit([]);
    const seen: string[] = [];
    for (const [index, command] of commands.entries()) {
      const fresh = async () => (await desk().pending(ann)).filter(({ id }) => !seen.includes(id));
      await expect.poll(fresh, PATIENCE).toHaveLength(1);
      const row = await waiting();
      seen.push(row.id);
      expect(row).toMatchObject({ command, nth: index + 1 });
      await desk().decide(ann, row.id, index === 0 ? 'deny' : 'allow-once');
    }
    await handle.done;
    expect(started).toEqual(['make two', 'make two']);
  });

  it('is refused when it is too long for anybody to read, and when too many wait', async () => {
    expect(await run(`make ${'x'.repeat(20_000)}`)).toContain('nobody can read it');
    const { agent_id: agentId } = await somebodysRow();
    await database.query(
      `INSERT INTO approvals (id, run_id, tool_call_id, user_id, agent_id, session_key, tool, command, place, expires_at)
       SELECT gen_random_uuid(), gen_random_uuid(), n::text, 'ann', $1, 'k', 'run', 'c', 'host', now() + interval '1 h'
       FROM generate_series(1, 50) n`,
      [agentId],
    );
    expect(await run('make all')).toContain('Too many commands of this user wait');
    await database.query(`DELETE FROM approvals WHERE tool_call_id <> 'call-0'`);
  });

  /** One that was refused already. */
  async function somebodysRow(): Promise<ApprovalRow> {
    isSomebodyThere = false;
    await run('make nothing');
    isSomebodyThere = true;
    const { items } = await desk().page(admin, {}, { limit: 1 });
    const [row] = items;
    if (!row) throw new Error('no row');
    return row;
  }

  describe('and is allowed for good', () => {
    async function allowAlways(command: string | object, caller: Caller = ann): Promise<void> {
      const handle = await submit([typeof command === 'string' ? { command } : command], caller);
      await desk().decide(caller, (await waiting(caller)).id, 'allow-always');
      await handle.done;
    }

    it('starts without asking from then on, also after a restart, until that is revoked', async () => {
      await allowAlways('make all');
      expect(await run("make   'all'")).toContain('ran make');
      await restart();
      expect(await run('make all')).toContain('ran make all');
      const { items } = await desk().allowed(ann, {}, { limit: 10 });
      expect(items).toMatchObject([
        {
          entry: 'make all',
          tool: 'run',
          place: 'host',
          agent_key: 'default',
          user_id: 'ann',
          created_by: 'ann',
        },
      ]);
      const id = items[0]?.id ?? '';
      expect(await desk().allowed(bob, {}, { limit: 10 })).toMatchObject({ items: [] });
      await expect(desk().revoke(bob, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await desk().revoke(ann, id);
      expect((await audited('exec_allowance.revoke')).at(-1)).toMatchObject({ target_id: id });
      isSomebodyThere = false;
      expect(await run('make all')).toContain('needs an approval');
      expect(started).toHaveLength(3);
    });

    it.each([
      ['other arguments', 'make all install'],
      ['something behind it', 'make all; rm -r src'],
      ['something before it', 'cd / && make all'],
      ['a variable before it', 'CC=evil make all'],
      ['a file of that name', './make all'],
      ['somewhere to write to', 'make all > .bashrc'],
      ['another directory', { command: 'make all', cwd: '/tmp' }],
    ])('is asked for again with %s', async (_name, other) => {
      await allowAlways('make all');
      isSomebodyThere = false;
      expect(await run(other)).toContain('needs an approval');
      expect(started).toEqual(['make all']);
    });

    it('is asked for again in the runs of somebody else', async () => {
      await allowAlways('make all', bob);
      isSomebodyThere = false;
      expect(await run('make all')).toContain('needs an approval');
      expect(await run('make all', bob)).toContain('ran make all');
    });

    it('does not let its parts start in another order', async () => {
      await allowAlways('npm pack | tee list');
      await allowAlways('curl https://example.com');
      isSomebodyThere = false;
      expect(await run('curl https://example.com | tee list')).toContain('needs an approval');
      expect(await run('npm pack | tee list')).toContain('ran npm pack | tee list');
    });

    it('is refused for what cannot be looked through, which can be approved once', async () => {
      const handle = await submit([{ command: 'eval "$CODE"' }]);
      const { id } = await waiting();
      await expect(desk().decide(ann, id, 'allow-always')).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        details: { param: 'always' },
      });
      await desk().decide(ann, id, 'allow-once');
      await handle.done;
      expect(started).toEqual(['eval "$CODE"']);
      expect(await desk().allowed(ann, {}, { limit: 10 })).toMatchObject({ items: [] });
    });

    it('is still asked for where every command is', async () => {
      await allowAlways('make all');
      execApproval = { ...ASK, ask: 'always' };
      await restart();
      isSomebodyThere = false;
      expect(await run('make all')).toContain('needs an approval');
      expect(await run('git status')).toContain('needs an approval');
    });
  });

  describe('when its process is killed', () => {
    /** Waits for an approval, and the process is killed. */
    async function dieWaiting(): Promise<{ handle: RunHandle; id: string }> {
      const first = await submit([{ command: 'make all' }]);
      const { id } = await waiting();
      life.kill();
      return { handle: first, id };
    }

    async function takenUp({ runId }: RunHandle): Promise<RunHandle> {
      life = await begin();
      return life.get(RunService).attach(ann, { runId });
    }

    it('waits on as the same row, also while nobody is back yet, and starts once', async () => {
      const { handle: first, id } = await dieWaiting();
      isSomebodyThere = false;
      const handle = await takenUp(first);
      expect((await waiting()).id).toBe(id);
      await desk().decide(ann, id, 'allow-once');
      expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Done.' });
      expect(started).toEqual(['make all']);
      expect(await desk().page(ann, {}, { limit: 10 })).toMatchObject({ items: [{ id }] });
    });

    it('uses what was decided meanwhile', async () => {
      const { handle: first, id } = await dieWaiting();
      await database.transaction((tx) => new ApprovalStore(database).decide(tx, id, 'allow-once', 'root'));
      const handle = await takenUp(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed' });
      expect(started).toEqual(['make all']);
    });

    it('is stopped and taken up by the next gateway when this one stops in peace', async () => {
      const first = await submit([{ command: 'make all' }]);
      const { id } = await waiting();
      await life[Symbol.asyncDispose]();
      const handle = await takenUp(first);
      await desk().decide(ann, id, 'allow-once');
      expect(await handle.done).toMatchObject({ outcome: 'completed' });
      expect(started).toEqual(['make all']);
    });

    it('is never started again once it was', async () => {
      tool.hangNext();
      const first = await submit([{ command: 'make all' }]);
      await desk().decide(ann, (await waiting()).id, 'allow-once');
      await expect.poll(() => started, PATIENCE).toEqual(['make all']);
      life.kill();
      const handle = await takenUp(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed' });
      expect(toldModel()).toContain('outcome of this tool call is unknown');
      expect(started).toEqual(['make all']);
    });
  });
});
