import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { AgentAdmin, AgentShares, RunService, type RunHandle } from '#agent';
import { DefineTool, textResult, type Tool, type ToolResult } from '#contracts';
import { newId } from '#kernel';
import { SessionService } from '#sessions';
import type { Database } from '#store';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { HELD_TOOL } from '../support/held-tool.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { type MortalAgentApp, startMortalAgentApp } from '../support/mortal-agent-app.js';

const root = callerOf('root', 'admin');
const ann = callerOf('ann');

/** A tool that goes until the test says so. */
@DefineTool({ ...HELD_TOOL, name: 'balance', repeatable: true })
class Balance implements Tool {
  calls = 0;
  private readonly start = Promise.withResolvers<void>();
  private readonly end = Promise.withResolvers<string>();
  readonly begun = this.start.promise;

  release(text: string): void {
    this.end.resolve(text);
  }

  async execute(): Promise<ToolResult> {
    this.calls += 1;
    this.start.resolve();
    return textResult(await this.end.promise);
  }
}

describeEachEngine('a run whose user may no longer use its agent', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let llm: ScriptedLlm;
  let balance: Balance;
  let life: MortalAgentApp;
  let key: string;

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
    balance = new Balance();
    life = await begin();
    key = `shared-${newId().slice(-12)}`;
    await life.get(AgentAdmin).create(root, { agent_key: key, model: 'scripted' });
    await life.get(AgentShares).put(root, key, 'ann', 'user');
  });
  afterEach(async () => {
    await life[Symbol.asyncDispose]();
    await llm[Symbol.asyncDispose]();
  });

  function begin(): Promise<MortalAgentApp> {
    return startMortalAgentApp({ llm, database, tools: [balance], env: { GOCLAW_MODE: 'managed' } });
  }

  function submit(): Promise<RunHandle> {
    return life.get(RunService).submit({
      caller: ann,
      agentKey: key,
      sessionKey: `agent:${key}:test:${newId()}`,
      content: [{ type: 'text', text: 'How much is there?' }],
      stream: true,
      origin: 'ws',
      channel: 'ws',
      operation: 'chat.send',
    });
  }

  async function roles({ sessionKey }: RunHandle): Promise<string[]> {
    const messages = await life.get(SessionService).history(ann, sessionKey, 100);
    return messages.map(({ role }) => role);
  }

  it('is not gone on with after a crash', async () => {
    llm.replyToolCalls([{ name: 'balance', arguments: {} }]);
    const run = await submit();
    await balance.begun;
    const asked = llm.requests.length;
    life.kill();
    // Withdrawn while nobody works on the run.
    await database.query('DELETE FROM agent_shares');
    life = await begin();
    const handle = await life.get(RunService).attach(ann, { runId: run.runId });
    expect(await handle.done).toMatchObject({ outcome: 'failed', error: { code: 'NOT_FOUND' } });
    expect(llm.requests).toHaveLength(asked);
    expect(await roles(run)).toEqual(['user', 'assistant', 'tool']);
  });

  it('ends after the tool that is going, before the model hears of its result', async () => {
    llm.replyToolCalls([{ name: 'balance', arguments: {} }]);
    const run = await submit();
    await balance.begun;
    await life.get(AgentShares).remove(root, key, 'ann');
    balance.release('17');
    expect(await run.done).toMatchObject({ outcome: 'failed', error: { code: 'FAILED_PRECONDITION' } });
    expect(llm.requests).toHaveLength(1);
    expect(await roles(run)).toEqual(['user', 'assistant', 'tool']);
  });

  it('has a result for every call that was not made', async () => {
    const gate = llm.gate();
    const run = await submit();
    await gate.reached;
    await life.get(AgentShares).remove(root, key, 'ann');
    gate.release({ toolCalls: [{ name: 'balance', arguments: {} }] });
    expect(await run.done).toMatchObject({ outcome: 'failed' });
    expect(await roles(run)).toEqual(['user', 'assistant', 'tool']);
    expect(balance.calls).toBe(0);
  });
});
