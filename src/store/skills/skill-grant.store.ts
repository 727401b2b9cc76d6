import { Injectable } from '@nestjs/common';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toText } from '../jsonb.js';

export interface SkillAgentGrantRow {
  readonly id: string;
  readonly skill_id: string;
  readonly agent_id: string;
  readonly pinned_version: number;
  readonly granted_by: string;
  readonly created_at: Date;
}

export interface SkillUserGrantRow {
  readonly id: string;
  readonly skill_id: string;
  readonly user_id: string;
  readonly granted_by: string;
  readonly created_at: Date;
}

/** Which agents and users a skill was given to. */
@Injectable()
export class SkillGrantStore {
  constructor(private readonly database: Database) {}

  async grantAgent(
    tx: Queryable,
    grant: Pick<SkillAgentGrantRow, 'skill_id' | 'agent_id' | 'pinned_version' | 'granted_by'>,
  ): Promise<SkillAgentGrantRow> {
    const [row] = await tx.query<SkillAgentGrantRow>(
      `INSERT INTO skill_agent_grants (id, skill_id, agent_id, pinned_version, granted_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (skill_id, agent_id) DO UPDATE
       SET pinned_version = EXCLUDED.pinned_version, granted_by = EXCLUDED.granted_by RETURNING *`,
      [newId(), grant.skill_id, grant.agent_id, grant.pinned_version, grant.granted_by],
    );
    return present(row);
  }

  async grantUser(
    tx: Queryable,
    grant: Pick<SkillUserGrantRow, 'skill_id' | 'user_id' | 'granted_by'>,
  ): Promise<SkillUserGrantRow> {
    const [row] = await tx.query<SkillUserGrantRow>(
      `INSERT INTO skill_user_grants (id, skill_id, user_id, granted_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (skill_id, user_id) DO UPDATE SET granted_by = EXCLUDED.granted_by RETURNING *`,
      [newId(), grant.skill_id, toText(grant.user_id), grant.granted_by],
    );
    return present(row);
  }

  /** `undefined` when there was none. */
  async revokeAgent(tx: Queryable, skill: string, agent: string): Promise<SkillAgentGrantRow | undefined> {
    if (!isUuid(agent)) return undefined;
    const [row] = await tx.query<SkillAgentGrantRow>(
      'DELETE FROM skill_agent_grants WHERE skill_id = $1 AND agent_id = $2 RETURNING *',
      [skill, agent],
    );
    return row;
  }

  async revokeUser(tx: Queryable, skill: string, user: string): Promise<SkillUserGrantRow | undefined> {
    const [row] = await tx.query<SkillUserGrantRow>(
      'DELETE FROM skill_user_grants WHERE skill_id = $1 AND user_id = $2 RETURNING *',
      [skill, toText(user)],
    );
    return row;
  }

  async ofSkill(skill: string): Promise<{ agents: SkillAgentGrantRow[]; users: SkillUserGrantRow[] }> {
    const agents = await this.database.query<SkillAgentGrantRow>(
      'SELECT * FROM skill_agent_grants WHERE skill_id = $1 ORDER BY id',
      [skill],
    );
    const users = await this.database.query<SkillUserGrantRow>(
      'SELECT * FROM skill_user_grants WHERE skill_id = $1 ORDER BY id',
      [skill],
    );
    return { agents, users };
  }
}

function present<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('INSERT gave no row back.');
  return row;
}
