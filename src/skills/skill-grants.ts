import { Injectable } from '@nestjs/common';
import { CacheInvalidated } from '#bus';
import type { Caller } from '#contracts';
import { badField, Changes } from '#permissions';
import {
  agentExists,
  type Queryable,
  type SkillAgentGrantRow,
  SkillGrantStore,
  type SkillRow,
  SkillStore,
  type SkillUserGrantRow,
} from '#store';
import { Skills } from './skills.js';
import { noSkill, requireOwner } from './skill-rights.js';

export interface SkillAgentGrantInput {
  readonly agent_id: string;
  /** Absent: the present one. */
  readonly version?: number;
}

/** To whom a skill was given. Its owner and admins give it; a private skill that is given becomes internal. */
@Injectable()
export class SkillGrants {
  constructor(
    private readonly changes: Changes,
    private readonly skills: Skills,
    private readonly store: SkillStore,
    private readonly grants: SkillGrantStore,
  ) {}

  async ofSkill(
    caller: Caller,
    skill: string,
  ): Promise<{ agents: SkillAgentGrantRow[]; users: SkillUserGrantRow[] }> {
    const row = await this.skills.visible(caller, skill);
    requireOwner(caller, row);
    return this.grants.ofSkill(row.id);
  }

  /** @throws RecordError */
  grantAgent(
    caller: Caller,
    skill: string,
    { agent_id, version }: SkillAgentGrantInput,
  ): Promise<SkillAgentGrantRow> {
    return this.change(caller, skill, 'skill_grant.create', async (tx, row) => {
      if (!(await agentExists(tx, agent_id))) throw badField('agent_id', 'is not the id of an agent');
      const pinned_version = version ?? row.revision;
      if (pinned_version > row.revision)
        throw badField('version', `must be at most ${row.revision}, the present one`);
      await this.share(tx, row);
      return this.grants.grantAgent(tx, {
        skill_id: row.id,
        agent_id,
        pinned_version,
        granted_by: caller.userId,
      });
    });
  }

  grantUser(caller: Caller, skill: string, user_id: string): Promise<SkillUserGrantRow> {
    return this.change(caller, skill, 'skill_grant.create', async (tx, row) => {
      await this.share(tx, row);
      return this.grants.grantUser(tx, { skill_id: row.id, user_id, granted_by: caller.userId });
    });
  }

  /** `undefined` when there was nothing to revoke. */
  revokeAgent(caller: Caller, skill: string, agent: string): Promise<SkillAgentGrantRow | undefined> {
    return this.change(caller, skill, 'skill_grant.delete', (tx, row) =>
      this.grants.revokeAgent(tx, row.id, agent),
    );
  }

  revokeUser(caller: Caller, skill: string, user: string): Promise<SkillUserGrantRow | undefined> {
    return this.change(caller, skill, 'skill_grant.delete', (tx, row) =>
      this.grants.revokeUser(tx, row.id, user),
    );
  }

  private async change<T extends object | undefined>(
    caller: Caller,
    skill: string,
    action: string,
    work: (tx: Queryable, row: SkillRow) => Promise<T>,
  ): Promise<T> {
    const { id } = await this.skills.visible(caller, skill);
    return this.changes.commit(caller, async (tx) => {
      const row = await this.store.locked(tx, id);
      if (!row) throw noSkill(skill);
      requireOwner(caller, row);
      const result = await work(tx, row);
      const shown = action.endsWith('delete') ? { before: result } : { after: result };
      return {
        action,
        target: { type: 'skill', id },
        ...(result && shown),
        events: [new CacheInvalidated('skills', id)],
        result,
      };
    });
  }

  private async share(tx: Queryable, row: SkillRow): Promise<void> {
    if (row.visibility === 'private') await this.store.update(tx, row.id, { visibility: 'internal' });
  }
}
