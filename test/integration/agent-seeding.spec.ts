import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentAccess } from '#agent';
import type { Database } from '#store';
import { startAgentApp } from '../support/agent-app.js';
import { callerOf } from '../support/callers.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ScriptedLlm } from '../support/llm/index.js';

describeEachEngine('agents of the configuration', (make) => {
  let engine: EngineUnderTest;
  let database: Database;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });

  async function defaultWith(list: Record<string, unknown>): Promise<string> {
    await using llm = await ScriptedLlm.start();
    await using app = await startAgentApp({ llm, database, config: { agents: { list } } });
    const agents = await app.get(AgentAccess).list(callerOf('ann'));
    expect(agents.filter(({ is_default }) => is_default)).toHaveLength(1);
    return await app.get(AgentAccess).defaultKey();
  }

  it('become rows, of which one is the default, also when the configuration changes its mind', async () => {
    expect(await defaultWith({})).toBe('default');
    expect(await defaultWith({ coder: { default: true, displayName: 'Coder' } })).toBe('coder');
    expect(await defaultWith({ writer: { default: true } })).toBe('writer');
    expect(await defaultWith({ coder: {} })).toBe('default');
  });
});
