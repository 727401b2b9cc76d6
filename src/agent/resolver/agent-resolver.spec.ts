import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContextFiles, NO_CONTEXT } from '#bootstrap';
import { GatewayConfig } from '#permissions';
import {
  AgentEntity,
  AgentOverrideStore,
  AgentShareStore,
  AgentStore,
  DatabaseConfig,
  type OverrideValues,
} from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { configOf } from '../../../test/support/config.js';
import { AgentAccess } from '../access/agent-access.js';
import { AgentCatalog } from '../access/agent-catalog.js';
import { UserOverrides } from '../access/user-overrides.js';
import { AgentsConfig } from '../agents.config.js';
import { AgentResolver } from './agent-resolver.js';
import { ModelTargets } from './model-targets.js';

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
    agent_type: 'open',
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
}

class Overrides extends AgentOverrideStore {
  row: OverrideValues | undefined;

  constructor() {
    super(undefined as never);
  }

  override async find(): Promise<never> {
    return this.row as never;
  }
}

class NoFiles extends ContextFiles {
  constructor() {
    super(undefined as never, undefined as never);
  }

  override async forRun() {
    return { full: NO_CONTEXT, minimal: NO_CONTEXT };
  }
}

class AnyModel extends ModelTargets {
  constructor() {
    super(undefined as never, undefined as never);
  }

  override of() {
    return [{ provider: 'anthropic', model: 'm' }];
  }
}

describe('what a run gets of its agent', () => {
  let workspace: string;
  let agents: Agents;
  let overrides: Overrides;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'goclaw-resolver-'));
    agents = new Agents();
    overrides = new Overrides();
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  function resolver(mode: 'managed' | 'standalone', defaults: object = {}): AgentResolver {
    const env = { GOCLAW_WORKSPACE: workspace, GOCLAW_MODE: mode };
    const config = configOf([AgentsConfig, DatabaseConfig, GatewayConfig], { agents: { defaults } }, env);
    const catalog = new AgentCatalog(agents);
    const access = new AgentAccess(catalog, agents, new AgentShareStore(undefined as never));
    return new AgentResolver(
      access,
      catalog,
      new UserOverrides(overrides),
      new AnyModel(),
      new NoFiles(),
      config,
    );
  }

  it('gives each user of an agent a directory of its own in managed mode, and one to all in standalone', async () => {
    agents.rows = [
      agent(),
      agent({ agent_key: 'writer' }),
      agent({ agent_key: 'own', workspace: 'team/docs' }),
    ];
    const managed = resolver('managed');
    const root = async (user: string, key: string) => {
      const { workspace: own } = await managed.runtime(callerOf(user), key);
      expect(statSync(own.root).isDirectory()).toBe(true);
      return own.root;
    };
    const roots = [await root('ann', 'default'), await root('Ann', 'default'), await root('ann', 'writer')];
    expect(new Set(roots).size).toBe(3);
    expect(roots.every((path) => path.startsWith(workspace))).toBe(true);
    expect(await root('ann', 'own')).toContain(join(workspace, 'team/docs/users/ann-'));
    const standalone = resolver('standalone');
    expect((await standalone.runtime(callerOf('local'), 'default')).workspace.root).toBe(workspace);
    expect((await standalone.runtime(callerOf('local'), 'writer')).workspace.root).toBe(
      join(workspace, 'agents', 'writer'),
    );
  });

  it('takes the user’s settings before the agent’s before the configured ones', async () => {
    agents.rows = [agent({ other_config: { temperature: 0.2, max_tokens: 200 } })];
    overrides.row = { provider: null, model: null, settings: { temperature: 0.1 } };
    const found = await resolver('managed', { thinking_budget_tokens: 99 }).runtime(
      callerOf('ann'),
      'default',
    );
    expect(found.sampling).toEqual({ temperature: 0.1, maxTokens: 200 });
    expect(found.thinkingBudgetTokens).toBe(99);
  });

  it('lets an agent say how its tool results are pruned, and leaves the rest as it is for all', async () => {
    agents.rows = [
      agent({ context_pruning: { mode: 'off', softTrim: { maxChars: 10 } } }),
      agent({ agent_key: 'b' }),
    ];
    const own = await resolver('managed').runtime(callerOf('ann'), 'default');
    expect(own.pruning).toMatchObject({ mode: 'off', softTrim: { maxChars: 10, headChars: 1_500 } });
    expect((await resolver('managed').runtime(callerOf('ann'), 'b')).pruning.mode).toBe('cache-ttl');
  });

  it('shuts the commands of an agent in as its settings say, and its calls without a model too', async () => {
    agents.rows = [agent({ is_default: true }), agent({ agent_key: 'b', sandbox_config: { memory_mb: 64 } })];
    const found = resolver('managed', { sandbox: { mode: 'non-main' } });
    expect(await found.runtime(callerOf('ann'), 'default')).not.toHaveProperty('sandbox');
    expect((await found.runtime(callerOf('ann'), 'b')).sandbox).toMatchObject({ memoryMb: 64 });
    expect((await found.ground(callerOf('ann'), 'b')).sandbox).toMatchObject({ memoryMb: 64 });
  });

  it('gives a run that another one started no looser sandbox than that one has', async () => {
    agents.rows = [
      agent(),
      agent({ agent_key: 'b', sandbox_config: { mode: 'all', network_enabled: true } }),
    ];
    const found = resolver('managed');
    const { sandbox: within } = await found.runtime(callerOf('ann'), 'b');
    expect((await found.runtime(callerOf('ann'), 'default', undefined, within)).sandbox).toEqual(within);
    const tight = within && { ...within, networkEnabled: false, workspaceAccess: 'none' as const };
    expect((await found.runtime(callerOf('ann'), 'b', undefined, tight)).sandbox).toMatchObject({
      networkEnabled: false,
      workspaceAccess: 'none',
    });
  });
});
