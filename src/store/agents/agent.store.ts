import { Injectable } from '@nestjs/common';
import { IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { newId } from '#kernel';
import { Database } from '../database/database.js';
import { AgentEntity } from './agent.entity.js';

/** What is stored of an agent, apart from its id and times. */
export type AgentValues = Partial<Omit<AgentEntity, 'id' | 'created_at' | 'updated_at' | 'deleted_at'>> &
  Pick<AgentEntity, 'agent_key' | 'owner_id' | 'provider' | 'model'>;

@Injectable()
export class AgentStore {
  constructor(private readonly database: Database) {}

  findByKey(key: string): Promise<AgentEntity | null> {
    return this.database.read(AgentEntity, (agents) =>
      agents.findOneBy({ agent_key: key, deleted_at: IsNull() }),
    );
  }

  findById(id: string): Promise<AgentEntity | null> {
    return this.database.read(AgentEntity, (agents) => agents.findOneBy({ id, deleted_at: IsNull() }));
  }

  /** By key. */
  list(): Promise<AgentEntity[]> {
    return this.database.read(AgentEntity, (agents) =>
      agents.find({ where: { deleted_at: IsNull() }, order: { agent_key: 'ASC' } }),
    );
  }

  /** Makes the agent, or brings its row to these values. */
  async upsert(values: AgentValues): Promise<void> {
    const repository = this.database.repository(AgentEntity);
    const existing = await this.findByKey(values.agent_key);
    if (existing) await repository.update({ id: existing.id }, columns(values));
    else await repository.insert({ id: newId(), ...columns(values) });
  }

  /** No other agent is the default one. */
  async makeDefault(key: string): Promise<void> {
    await this.database.query(
      `UPDATE agents SET is_default = (agent_key = $1) WHERE is_default <> (agent_key = $1)`,
      [key],
    );
  }

  /** Makes the agent unless one with its key exists. */
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

/** TypeORM's partial type cannot express jsonb columns of free shape. */
function columns(values: AgentValues): QueryDeepPartialEntity<AgentEntity> {
  return values as QueryDeepPartialEntity<AgentEntity>;
}
