import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunHandle, type RunRequest, RunService } from '#agent';
import { DefineTool } from '#contracts';
import { newId } from '#kernel';
import { Scheduler } from '#scheduler';
import { SessionService } from '#sessions';
import { type Database, RunEventStore } from '#store';
import { UNKNOWN_OUTCOME_NOTE } from '../../src/agent/history/repair-pairing.js';
import { eventsOfRow } from '../../src/agent/runs/log-rows.js';
import { LOG_START } from '../../src/agent/runs/standing-events.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { HELD_TOOL, HeldTool } from '../support/held-tool.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { LogClient } from '../support/log-client.js';
import { type MortalAgentApp, startMortalAgentApp } from '../support/mortal-agent-app.js';

const ann = callerOf('ann');

@DefineTool({ ...HELD_TOOL, name: 'balance', repeatable: true })
class Balance extends HeldTool {}

@DefineTool({ ...HELD_TOOL, name: 'pay', repeatable: false })
class Pay extends HeldTool {}

describeEachEngine('a run whose process is killed', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let pay: Pay;
  let balance: Balance;
  let life: MortalAgentApp;
  /** Sees everything from the beginning, through every crash. */
  let witness: LogClient;
  let config: Record<string, unknown>;

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
    pay = new Pay();
    balance = new Balance();
    witness = new LogClient();
    config = {};
    life = await begin();
  });
  afterEach(async () => {
    await life[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  function begin(): Promise<MortalAgentApp> {
    return startMortalAgentApp({ llm, database, tools: [pay, balance], config });
  }

  function ask(overrides: Partial<RunRequest> = {}): RunRequest {
    return {
      caller: ann,
      sessionKey: `agent:default:test:${newId()}`,
      content: [{ type: 'text', text: 'Pay the bill' }],
      stream: true,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
      ...overrides,
    };
  }

  async function submit(overrides: Partial<RunRequest> = {}): Promise<RunHandle> {
    const handle = await life.get(RunService).submit(ask(overrides));
    await life.get(RunService).follow(ann, handle.runId, witness.position, witness.take);
    return handle;
  }

  /** The process is killed, and another one begins. */
  async function crash({ runId }: RunHandle): Promise<RunHandle> {
    life.kill();
    life = await begin();
    const handle = await life.get(RunService).attach(ann, { runId });
    await life.get(RunService).follow(ann, runId, witness.position, witness.take);
    return handle;
  }

  async function transcript({ sessionKey }: RunHandle): Promise<string[]> {
    const messages = await life.get(SessionService).history(ann, sessionKey, 100);
    return messages.map(({ role, content, toolCalls }) => {
      const text = content.map((part) => (part.type === 'text' ? part.text : part.type)).join('');
      return [role, text, ...(toolCalls ?? []).map(({ name }) => name)]
        .filter((part) => part !== '')
        .join(' ');
    });
  }

  /** Types of the events in the table. */
  async function rowsOf({ runId }: RunHandle): Promise<string[]> {
    const rows = await new RunEventStore(database).read(runId, LOG_START);
    return rows.flatMap((row) => eventsOfRow(row, LOG_START)).map(({ type }) => type);
  }

  /** What everybody sees in the end: whoever was there all the time, and whoever comes only now. */
  async function expectAnswer({ runId }: RunHandle, content: string): Promise<void> {
    expect(witness.ended).toBe(true);
    expect(witness.text).toBe(content);
    const late = new LogClient();
    await life.get(RunService).follow(ann, runId, undefined, late.take);
    expect(late.ended).toBe(true);
    expect(late.text).toBe(content);
    expect(late.retractions).toBe(0);
  }

  /** Asks for the tools and dies while the first of them is going. */
  async function dieWhilePaying(names: string[], overrides: Partial<RunRequest> = {}): Promise<RunHandle> {
    llm.replyToolCalls(
      names.map((name) => ({ name, arguments: {} })),
      { text: 'I pay.', usage: { inputTokens: 10, outputTokens: 5 } },
    );
    const held = pay.holdNext();
    const handle = await submit(overrides);
    await held;
    await expect.poll(() => witness.types.includes('tool.call')).toBe(true);
    return handle;
  }

  describe('before it has said anything', () => {
    it('is executed by the next one', async () => {
      const gate = llm.gate();
      const first = await submit();
      await gate.reached;
      llm.reply('Paid.');
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Paid.' });
      expect(await transcript(handle)).toEqual(['user Pay the bill', 'assistant Paid.']);
      await expectAnswer(handle, 'Paid.');
    });
  });

  describe('in the middle of its answer', () => {
    it('answers anew; what was shown is void', async () => {
      const gate = llm.gate();
      const first = await submit();
      await gate.reached;
      gate.send('I think');
      await expect.poll(() => rowsOf(first)).toContain('chunk');
      llm.reply({ text: ['Pa', 'id.'] });
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Paid.' });
      expect(witness.retractions).toBe(1);
      expect(await transcript(handle)).toEqual(['user Pay the bill', 'assistant Paid.']);
      await expectAnswer(handle, 'Paid.');
    });

    it('twice in a row still gives the one answer', async () => {
      let handle: RunHandle | undefined;
      for (const said of ['First', 'Second']) {
        const gate = llm.gate();
        handle = handle ? await crash(handle) : await submit();
        await gate.reached;
        gate.send(said);
        await expect.poll(() => witness.text).toBe(said);
      }
      llm.reply('Third');
      if (handle) handle = await crash(handle);
      expect(await handle?.done).toMatchObject({ outcome: 'completed', content: 'Third' });
      expect(witness.retractions).toBe(2);
      if (handle) await expectAnswer(handle, 'Third');
    });
  });

  describe('between a tool call and its result', () => {
    it('is told that the outcome is unknown, and the call is not repeated', async () => {
      const first = await dieWhilePaying(['pay']);
      llm.reply({ text: 'Let me check.', usage: { inputTokens: 20, outputTokens: 7 } });
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({
        content: 'I pay.\n\nLet me check.',
        usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
      });
      expect(pay.calls).toBe(1);
      expect(await transcript(handle)).toEqual([
        'user Pay the bill',
        'assistant I pay. pay',
        `tool ${UNKNOWN_OUTCOME_NOTE}`,
        'assistant Let me check.',
      ]);
      expect(JSON.stringify(llm.lastRequest.messages)).toContain('outcome of this tool call is unknown');
      expect(witness.retractions).toBe(0);
      await expectAnswer(handle, 'I pay.\n\nLet me check.');
    });

    it('repeats only what is repeatable, and keeps the order of the calls', async () => {
      const first = await dieWhilePaying(['pay', 'balance']);
      await expect.poll(() => balance.calls).toBe(1);
      llm.reply('Done.');
      const handle = await crash(first);
      await handle.done;
      expect([pay.calls, balance.calls]).toEqual([1, 2]);
      expect((await transcript(handle)).slice(2, 4)).toEqual([`tool ${UNKNOWN_OUTCOME_NOTE}`, 'tool call 2']);
      expect(witness.types.filter((type) => type === 'tool.result')).toHaveLength(2);
      await expectAnswer(handle, 'I pay.\n\nDone.');
    });

    it('fails with the reason when the agent may no longer be used, and the conversation can go on', async () => {
      const first = await dieWhilePaying(['pay']);
      await database.query(`UPDATE agents SET status = 'inactive'`);
      try {
        const handle = await crash(first);
        expect(await handle.done).toMatchObject({
          outcome: 'failed',
          content: 'I pay.',
          error: { message: expect.stringContaining('inactive') },
        });
        expect((await transcript(handle)).slice(1)).toEqual([
          'assistant I pay. pay',
          `tool ${UNKNOWN_OUTCOME_NOTE}`,
        ]);
      } finally {
        await database.query(`UPDATE agents SET status = 'active'`);
      }
    });

    it('ends as aborted with what it has said when somebody wants it stopped', async () => {
      const first = await dieWhilePaying(['pay']);
      await database.query(`UPDATE runs SET abort_reason = 'user' WHERE id = $1`, [first.runId]);
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'aborted', content: 'I pay.' });
      expect((await transcript(handle)).at(-1)).toBe(`tool ${UNKNOWN_OUTCOME_NOTE}`);
      expect(llm.requests).toHaveLength(1);
      await expectAnswer(handle, 'I pay.');
    });
  });

  describe('between a result and the next answer', () => {
    it('goes on with the result, through two crashes', async () => {
      llm.replyToolCalls([{ name: 'pay', arguments: {} }], {
        text: 'I pay.',
        usage: { inputTokens: 10, outputTokens: 5 },
      });
      let handle: RunHandle | undefined;
      for (const said of ['One', 'Two']) {
        const gate = llm.gate();
        handle = handle ? await crash(handle) : await submit();
        await gate.reached;
        gate.send(said);
        await expect.poll(() => witness.text).toBe(`I pay.\n\n${said}`);
      }
      llm.reply({ text: 'It is paid.', usage: { inputTokens: 20, outputTokens: 7 } });
      if (handle) handle = await crash(handle);
      expect(await handle?.done).toMatchObject({
        content: 'I pay.\n\nIt is paid.',
        usage: { prompt_tokens: 30, completion_tokens: 12 },
      });
      expect(pay.calls).toBe(1);
      expect(JSON.stringify(llm.lastRequest.messages)).toContain('call 1');
      if (!handle) return;
      expect(await transcript(handle)).toEqual([
        'user Pay the bill',
        'assistant I pay. pay',
        'tool call 1',
        'assistant It is paid.',
      ]);
      await expectAnswer(handle, 'I pay.\n\nIt is paid.');
    });

    it('says again what stands when the rows of its log went down with it', async () => {
      llm.replyToolCalls([{ name: 'pay', arguments: {} }], { text: 'I pay.' });
      const lost = llm.gate();
      const first = await submit();
      await lost.reached;
      life.kill();
      const rows = await database.query<{ payload: object | null }>(
        'DELETE FROM run_events WHERE run_id = $1 RETURNING run_id, attempt, seq, type, payload',
        [first.runId],
      );
      const gate = llm.gate();
      let handle = await crash(first);
      await gate.reached;
      gate.send('Hm');
      await expect.poll(() => witness.text).toBe('I pay.\n\nHm');
      // They were just late, and now it is the next attempt's rows that are lost: what it declared void stays void.
      life.kill();
      await database.query('DELETE FROM run_events WHERE run_id = $1', [first.runId]);
      for (const { payload, ...row } of rows) {
        await database.query(
          'INSERT INTO run_events (run_id, attempt, seq, type, payload) VALUES ($1, $2, $3, $4, $5)',
          [...Object.values(row), payload && JSON.stringify(payload)],
        );
      }
      llm.reply('Done.');
      handle = await crash(handle);
      await handle.done;
      await expectAnswer(handle, 'I pay.\n\nDone.');
    });

    it('does not get its iterations anew', async () => {
      config = { agents: { defaults: { max_tool_iterations: 1 } } };
      llm.replyToolCalls([{ name: 'pay', arguments: {} }]);
      const gate = llm.gate();
      const first = await submit();
      await gate.reached;
      llm.reply('That is all.');
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'That is all.' });
      expect(JSON.stringify(llm.lastRequest.messages)).toContain('limit of tool iterations is reached');
    });
  });

  describe('in a conversation that is not stored', () => {
    const unstored = { sessionKey: undefined, origin: 'http', channel: 'http' } as const;

    it('goes on from its last step when its request goes on without its client', async () => {
      const given = [{ role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] }] as const;
      const first = await dieWhilePaying(['pay', 'balance'], { ...unstored, given, detached: true });
      const gate = llm.gate();
      let handle = await crash(first);
      const { messages } = await gate.reached;
      expect(messages.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant', 'tool', 'tool']);
      llm.reply('Done.');
      handle = await crash(handle);
      expect(await handle.done).toMatchObject({ content: 'I pay.\n\nDone.' });
      expect([pay.calls, balance.calls]).toEqual([1, 2]);
      await expectAnswer(handle, 'I pay.\n\nDone.');
    });

    it('is failed when its client is gone, and writes no steps for that', async () => {
      const first = await dieWhilePaying(['pay'], unstored);
      const [row] = await database.query<{ steps: unknown; progress: unknown }>(
        'SELECT steps, progress FROM runs WHERE id = $1',
        [first.runId],
      );
      expect(row).toEqual({ steps: null, progress: null });
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'failed', error: { code: 'UNAVAILABLE' } });
      expect(llm.requests).toHaveLength(1);
    });
  });

  describe('in good order', () => {
    it('keeps the results that are there, and leaves to the next one what it may do again', async () => {
      llm.replyToolCalls([
        { name: 'pay', arguments: {} },
        { name: 'balance', arguments: {} },
      ]);
      const held = balance.holdNext();
      const first = await submit();
      await held;
      await expect.poll(() => pay.calls).toBe(1);
      await life[Symbol.asyncDispose]();
      expect(await first.done).toMatchObject({ outcome: 'failed', error: { code: 'UNAVAILABLE' } });
      llm.reply('Done.');
      const handle = await crash(first);
      expect(await handle.done).toMatchObject({ outcome: 'completed', content: 'Done.' });
      expect([pay.calls, balance.calls]).toEqual([1, 2]);
      expect((await transcript(handle)).slice(2)).toEqual(['tool call 1', 'tool call 2', 'assistant Done.']);
      await expectAnswer(handle, 'Done.');
    });
  });

  describe('and is alive after all', () => {
    it('changes nothing any more, and tells nobody an end that is none', async () => {
      const gate = llm.gate();
      const first = await submit();
      await gate.reached;
      const old = life;
      llm.reply('Mine.');
      life = await begin();
      const handle = await life.get(RunService).attach(ann, { runId: first.runId });
      expect(await handle.done).toMatchObject({ content: 'Mine.' });
      gate.release('No, mine.');
      await expect.poll(() => old.get(Scheduler).activeCount).toBe(0);
      expect(await transcript(handle)).toEqual(['user Pay the bill', 'assistant Mine.']);
      const told = await Promise.race([
        first.done,
        new Promise((resolve) => setImmediate(resolve, 'nothing')),
      ]);
      if (told !== 'nothing') expect(told).toMatchObject({ outcome: 'completed', content: 'Mine.' });
      await old[Symbol.asyncDispose]();
    });
  });
});
