import { beforeEach, describe, expect, it } from 'vitest';
import { CacheInvalidated, CachesStale } from '#bus';
import { AgentEntity, AgentShareStore, AgentStore } from '#store';
import { callerOf } from '../../../test/support/callers.js';
import { AgentAccess } from './agent-access.js';
import { AgentCatalog } from './agent-catalog.js';

const ann = callerOf('ann');
const bob = callerOf('bob');

function agent(key: string, values: Partial<AgentEntity> = {}): AgentEntity {
  return Object.assign(new AgentEntity(), {
    id: `id-of-${key}`,
    agent_key: key,
    owner_id: 'bob',
    is_default: false,
    status: 'active',
    ...values,
  });
}

class Agents extends AgentStore {
  rows: AgentEntity[] = [];
  reads = 0;

  constructor() {
    super(undefined as never);
  }

  override async findByKey(key: string): Promise<AgentEntity | null> {
    this.reads += 1;
    return this.rows.find(({ agent_key }) => agent_key === key) ?? null;
  }

  override async findDefault(): Promise<AgentEntity | null> {
    return this.rows.find(({ is_default }) => is_default) ?? null;
  }
}

class Shares extends AgentShareStore {
  roles = new Map<string, string>();
  reads = 0;
  /** Called in the middle of a read. */
  meanwhile: () => void = () => undefined;

  constructor() {
    super(undefined as never);
  }

  override async roleOf(agentId: string, userId: string): Promise<string | undefined> {
    this.reads += 1;
    const role = this.roles.get(`${agentId} ${userId}`);
    this.meanwhile();
    return role;
  }
}

describe('who may use an agent', () => {
  let agents: Agents;
  let shares: Shares;
  let catalog: AgentCatalog;
  let access: AgentAccess;
  beforeEach(() => {
    agents = new Agents();
    shares = new Shares();
    catalog = new AgentCatalog(agents);
    access = new AgentAccess(catalog, agents, shares);
  });

  function publish(event: CacheInvalidated | CachesStale): void {
    catalog.handle(event);
    access.handle(event);
  }

  it('is everybody for the default one and the gateway’s own, else its owner and with whom it is shared', async () => {
    const mine = agent('mine', { owner_id: 'ann' });
    const own = agent('own', { owner_id: 'system' });
    const main = agent('main', { is_default: true });
    const used = agent('used');
    const edited = agent('edited');
    shares.roles
      .set('id-of-used ann', 'user')
      .set('id-of-edited ann', 'editor')
      .set('id-of-main ann', 'editor');
    const levels = [mine, own, main, used, edited, agent('other')].map((one) => access.levelOf(ann, one));
    expect(await Promise.all(levels)).toEqual(['owner', 'user', 'editor', 'user', 'editor', undefined]);
  });

  it('says of an agent of others what it says of one that does not exist', async () => {
    agents.rows = [agent('hers')];
    for (const key of ['hers', 'nobody']) {
      await expect(access.require(ann, key)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: `agent not found: ${key}. agents.list shows the ones you may use.`,
      });
    }
    await expect(access.require(bob, 'hers')).resolves.toMatchObject({ owner_id: 'bob' });
  });

  it('is nobody while the agent is not active', async () => {
    agents.rows = [agent('hers', { status: 'inactive' })];
    await expect(access.require(bob, 'hers')).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
  });

  it('is read once, and again after an event of the agent', async () => {
    agents.rows = [agent('hers')];
    shares.roles.set('id-of-hers ann', 'user');
    for (let i = 0; i < 3; i++) await access.require(ann, 'hers');
    expect([agents.reads, shares.reads]).toEqual([1, 1]);
    shares.roles.clear();
    publish(new CacheInvalidated('agent', 'id-of-another'));
    await access.require(ann, 'hers');
    publish(new CacheInvalidated('agent', 'id-of-hers'));
    await expect(access.require(ann, 'hers')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    shares.roles.set('id-of-hers ann', 'user');
    publish(new CachesStale());
    await expect(access.require(ann, 'hers')).resolves.toBeDefined();
  });

  it('is not remembered from a read that an event overtook', async () => {
    agents.rows = [agent('hers')];
    shares.roles.set('id-of-hers ann', 'user');
    shares.meanwhile = () => {
      shares.roles.clear();
      publish(new CacheInvalidated('agent', 'id-of-hers'));
    };
    await access.require(ann, 'hers');
    await expect(access.require(ann, 'hers')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends for a going run with the share, with the agent, and when another agent got its key', async () => {
    agents.rows = [agent('hers')];
    shares.roles.set('id-of-hers ann', 'user');
    const ref = { id: 'id-of-hers', key: 'hers' };
    await expect(access.requireStill(ann, ref)).resolves.toBeUndefined();
    const after = async (change: () => void): Promise<void> => {
      change();
      publish(new CacheInvalidated('agent', 'id-of-hers'));
      await expect(access.requireStill(ann, ref)).rejects.toMatchObject({ reason: 'access-lost' });
    };
    await after(() => shares.roles.clear());
    await after(() => (agents.rows = [agent('hers', { id: 'new', is_default: true })]));
    await after(() => (agents.rows = []));
  });

  it('has a default agent, also when none is marked', async () => {
    expect(await access.defaultKey()).toBe('default');
    agents.rows = [agent('chosen', { is_default: true })];
    expect(await access.defaultKey()).toBe('chosen');
  });
});
