import { Test } from '@nestjs/testing';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigModule } from '#config';
import { KernelModule } from '#kernel';
import { GatewayConfig } from '#permissions';
import { DiscoveryConfig, ProvidersConfig, ProvidersModule } from '#providers';
import { AgentEntity, AgentStore, DatabaseConfig } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { configOf } from '../../../test/support/config.js';
import { AgentsConfig } from '../agents.config.js';
import { AgentResolver } from './agent-resolver.js';

const SECTIONS = [AgentsConfig, DatabaseConfig, DiscoveryConfig, GatewayConfig, ProvidersConfig];
const ann = callerOf('ann');

function agent(values: Partial<AgentEntity> = {}): AgentEntity {
  return Object.assign(new AgentEntity(), {
    id: 'a',
    agent_key: 'default',
    display_name: null,
    owner_id: 'system',
    provider: '',
    model: '',
    context_window: 200_000,
    max_tool_iterations: 20,
    workspace: '',
    restrict_to_workspace: true,
    tools_config: {},
    compaction_config: null,
    context_pruning: null,
    other_config: {},
    is_default: false,
    status: 'active',
    ...values,
  });
}

class Agents extends AgentStore {
  rows: AgentEntity[] = [];

  constructor() {
    super(undefined as never);
  }

  override async findByKey(key: string): Promise<AgentEntity | null> {
    return this.rows.find(({ agent_key }) => agent_key === key) ?? null;
  }

  override async list(): Promise<AgentEntity[]> {
    return this.rows;
  }
}

describe('the agent resolver', () => {
  let workspace: string;
  let agents: Agents;
  let close: (() => Promise<void>) | undefined;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'goclaw-resolver-'));
    agents = new Agents();
  });
  afterEach(async () => {
    await close?.();
    close = undefined;
    rmSync(workspace, { recursive: true, force: true });
  });

  async function resolver(env: Record<string, string>, file: object = {}): Promise<AgentResolver> {
    const config = configOf(SECTIONS, file, { GOCLAW_WORKSPACE: workspace, ...env });
    const module = await Test.createTestingModule({
      imports: [KernelModule, ConfigModule.forRoot(config), ProvidersModule],
      providers: [AgentResolver, { provide: AgentStore, useValue: agents }],
    }).compile();
    close = () => module.close();
    return module.get(AgentResolver);
  }

  const keys = { GOCLAW_OPENAI_API_KEY: 'k', GOCLAW_ANTHROPIC_API_KEY: 'k', GOCLAW_MODEL: 'm' };

  describe('on who may use an agent', () => {
    it('shows the gateway’s own, the default one and the caller’s, and says that the others do not exist', async () => {
      agents.rows = [
        agent(),
        agent({ agent_key: 'ann-s', owner_id: 'ann' }),
        agent({ agent_key: 'bob-s', owner_id: 'bob' }),
        agent({ agent_key: 'shared', owner_id: 'bob', is_default: true }),
      ];
      const found = await resolver(keys);
      expect((await found.list(ann)).map(({ agent_key }) => agent_key)).toEqual([
        'default',
        'ann-s',
        'shared',
      ]);
      await expect(found.require(ann, 'ann-s')).resolves.toMatchObject({ owner_id: 'ann' });
      const text = (key: string) => `agent not found: ${key}. agents.list shows the ones you may use.`;
      for (const key of ['bob-s', 'nobody']) await expect(found.require(ann, key)).rejects.toThrow(text(key));
      await expect(found.require(ann, 'bob-s')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(found.require(callerOf('bob'), 'bob-s')).resolves.toBeDefined();
    });

    it('refuses one that is not active', async () => {
      agents.rows = [agent({ status: 'archived' })];
      await expect((await resolver(keys)).require(ann, 'default')).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION',
      });
    });

    it('means the default one when none is named', async () => {
      agents.rows = [agent(), agent({ agent_key: 'chosen', is_default: true })];
      expect(await (await resolver(keys)).defaultKey()).toBe('chosen');
      agents.rows = [];
      expect(await (await resolver(keys)).defaultKey()).toBe('default');
    });
  });

  describe('on which models are asked', () => {
    it('takes the agent’s, then the configured defaults, then what the provider has', async () => {
      const found = await resolver({ GOCLAW_OPENAI_API_KEY: 'k' });
      expect(found.primaryTarget(agent({ provider: 'openai', model: 'own' }))).toEqual({
        provider: 'openai',
        model: 'own',
      });
      expect(found.primaryTarget(agent()).provider).toBe('openai');
      await close?.();
      const configured = await resolver({ ...keys, GOCLAW_PROVIDER: 'anthropic' });
      expect(configured.primaryTarget(agent())).toEqual({ provider: 'anthropic', model: 'm' });
    });

    it('adds the fallbacks in order, and leaves out what cannot be used', async () => {
      const found = await resolver(keys, {
        agents: { defaults: { fallbacks: ['groq/llama', 'anthropic/claude'] } },
      });
      expect(found.targets(agent({ provider: 'openai' }))).toEqual([
        { provider: 'openai', model: 'm' },
        { provider: 'anthropic', model: 'claude' },
      ]);
      const own = { other_config: { fallbacks: ['gpt-other', 'anthropic/a/b'] } };
      expect(found.targets(agent({ provider: 'openai', ...own }))).toEqual([
        { provider: 'openai', model: 'm' },
        { provider: 'openai', model: 'gpt-other' },
        { provider: 'anthropic', model: 'a/b' },
      ]);
      expect(found.targets(agent({ provider: 'groq', ...own }))).toEqual([
        { provider: 'anthropic', model: 'a/b' },
      ]);
    });

    it('lets a session choose a model, with or without its provider', async () => {
      const found = await resolver(keys);
      const chosen = (override: string) => found.primaryTarget(agent({ provider: 'openai' }), override);
      expect(chosen('other')).toEqual({ provider: 'openai', model: 'other' });
      expect(chosen('anthropic/claude')).toEqual({ provider: 'anthropic', model: 'claude' });
      expect(chosen('meta/llama')).toEqual({ provider: 'openai', model: 'meta/llama' });
    });

    it('says which key to set when none can be used', async () => {
      const found = await resolver({});
      expect(() => found.targets(agent())).toThrow(
        expect.objectContaining({
          code: 'FAILED_PRECONDITION',
          message: expect.stringContaining('GOCLAW_ANTHROPIC_API_KEY'),
        }),
      );
      expect(() => found.targets(agent({ provider: 'groq' }))).toThrow(/GOCLAW_GROQ_API_KEY/);
    });
  });

  it('gives each user of an agent a directory of its own in managed mode, and one to all in standalone', async () => {
    agents.rows = [agent(), agent({ agent_key: 'writer' })];
    const managed = await resolver({ ...keys, GOCLAW_MODE: 'managed' });
    const root = async (user: string, key: string) => {
      const { workspace: own } = await managed.runtime(callerOf(user), key);
      expect(statSync(own.root).isDirectory()).toBe(true);
      return own.root;
    };
    const roots = [await root('ann', 'default'), await root('Ann', 'default'), await root('ann', 'writer')];
    expect(new Set(roots).size).toBe(3);
    expect(roots.every((path) => path.startsWith(workspace))).toBe(true);
    await close?.();
    const standalone = await resolver({ ...keys, GOCLAW_MODE: 'standalone' });
    expect((await standalone.runtime(callerOf('local'), 'default')).workspace.root).toBe(workspace);
    expect((await standalone.runtime(callerOf('local'), 'writer')).workspace.root).toBe(
      join(workspace, 'agents', 'writer'),
    );
  });
});
