import { Injectable } from '@nestjs/common';
import { IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import type { Page, PageRequest } from '../listing/page.js';
import { RecordTable } from '../records/record-table.js';
import { AgentEntity } from './agent.entity.js';
import { AGENT_RECORDS, usableBy } from './agent-records.js';

/** What is stored of an agent, apart from its id and times. */
export type AgentValues = Partial<Omit<AgentEntity, 'id' | 'created_at' | 'updated_at' | 'deleted_at'>> &
  Pick<AgentEntity, 'agent_key' | 'owner_id' | 'provider' | 'model'>;

/** What may be changed of an agent. */
export type AgentChanges = Partial<Omit<AgentValues, 'agent_key' | 'version'>>;

/** Which agents are listed. */
export interface AgentFilter {
  /** Only those that this user may use. Absent: all. */
  readonly usableBy?: string;
  readonly ownerId?: string;
  readonly status?: string;
  readonly agentType?: string;
  readonly provider?: string;
  /** Part of the key or the display name. */
  readonly q?: string;
}

@Injectable()
export class AgentStore {
  private readonly records: RecordTable<AgentEntity>;

  constructor(private readonly database: Database) {
    this.records = new RecordTable(database, AGENT_RECORDS);
  }

  findByKey(key: string): Promise<AgentEntity | null> {
    return this.database.read(AgentEntity, (agents) =>
      agents.findOneBy({ agent_key: toText(key), deleted_at: IsNull() }),
    );
  }

  /** `null` also for what is no id. */
  async findById(id: string): Promise<AgentEntity | null> {
    if (!isUuid(id)) return null;
    return this.database.read(AgentEntity, (agents) => agents.findOneBy({ id, deleted_at: IsNull() }));
  }

  /** By key. */
  list(): Promise<AgentEntity[]> {
    return this.database.read(AgentEntity, (agents) =>
      agents.find({ where: { deleted_at: IsNull() }, order: { agent_key: 'ASC' } }),
    );
  }

  /** Those that the user may use, by key. */
  listUsableBy(userId: string): Promise<AgentEntity[]> {
    return this.database.query<AgentEntity>(
      `SELECT * FROM agents WHERE deleted_at IS NULL AND ${usableBy('$1')} ORDER BY agent_key`,
      [userId],
    );
  }

  findDefault(): Promise<AgentEntity | null> {
    return this.database.read(AgentEntity, (agents) =>
      agents.findOneBy({ is_default: true, deleted_at: IsNull() }),
    );
  }

  page(filter: AgentFilter, request: PageRequest): Promise<Page<AgentEntity>> {
    const conditions = new Conditions()
      .addIf('owner_id = ?', filter.ownerId)
      .addIf('status = ?', filter.status)
      .addIf('agent_type = ?', filter.agentType)
      .addIf('provider = ?', filter.provider);
    if (filter.usableBy !== undefined) conditions.add(usableBy('?'), filter.usableBy, filter.usableBy);
    if (filter.q !== undefined) {
      const q = filter.q.toLowerCase();
      conditions.add('strpos(agent_key, ?) > 0 OR strpos(lower(display_name), ?) > 0', q, q);
    }
    return this.records.page(conditions, request);
  }

  /** @throws StoreError `conflict` when a live agent has the key. */
  async insert(tx: Queryable, values: AgentValues): Promise<AgentEntity> {
    if (values.is_default) await clearDefault(tx);
    return this.records.insert(tx, values);
  }

  /** `undefined` when there is none. @throws StoreError `stale` */
  async change(
    tx: Queryable,
    id: string,
    changes: AgentChanges,
    version?: number,
  ): Promise<{ before: AgentEntity; after: AgentEntity } | undefined> {
    const before = await this.records.locked(tx, id, version);
    if (!before) return undefined;
    if (changes.is_default && !before.is_default) await clearDefault(tx);
    return this.records.update(tx, id, changes, version);
  }

  /** The agent, kept from others until the transaction ends. @throws StoreError `stale` */
  lock(tx: Queryable, id: string, version?: number): Promise<AgentEntity | undefined> {
    return this.records.locked(tx, id, version);
  }

  /** Its key can be used again; what refers to it stays. */
  async markDeleted(tx: Queryable, id: string): Promise<void> {
    await tx.query('UPDATE agents SET deleted_at = now(), version = version + 1 WHERE id = $1', [id]);
  }

  /** Makes the agent, or brings its row to these values; which one is the default is left to `makeDefault`. */
  async upsert({ is_default: _isDefault, ...values }: AgentValues): Promise<void> {
    const repository = this.database.repository(AgentEntity);
    const existing = await this.findByKey(values.agent_key);
    if (existing) await repository.update({ id: existing.id }, columns(values));
    else await repository.insert({ id: newId(), ...columns(values) });
  }

  /** No other agent is the default one. */
  async makeDefault(key: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await clearDefault(tx, key);
      await tx.query(
        'UPDATE agents SET is_default = true WHERE agent_key = $1 AND deleted_at IS NULL AND NOT is_default',
        [key],
      );
    });
  }

  /** Makes the agent unless one with its key, or for a default one another default one, exists. */
  async insertIfMissing(values: AgentValues): Promise<void> {
    await this.database
      .repository(AgentEntity)
      .createQueryBuilder()
      .insert()
      .values({ id: newId(), ...columns(values) })
      .orIgnore()
      .execute();
  }
}

/** Whoever changes which agent is the default one has its turn alone: the unique index would refuse the second. */
async function clearDefault(tx: Queryable, except = ''): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('goclaw:default-agent', 0))`);
  await tx.query(
    `UPDATE agents SET is_default = false, version = version + 1, updated_at = now()
     WHERE is_default AND deleted_at IS NULL AND agent_key <> $1`,
    [except],
  );
}

/** TypeORM's partial type cannot express jsonb columns of free shape. */
function columns(values: Partial<AgentValues>): QueryDeepPartialEntity<AgentEntity> {
  return values as QueryDeepPartialEntity<AgentEntity>;
}
