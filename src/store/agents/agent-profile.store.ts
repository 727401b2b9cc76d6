import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { ownerOf } from '../caller-scope.js';
import { type Queryable, statement } from '../database/statement.js';
import { toText } from '../jsonb.js';

const SEEN = statement(
  'agent-profile-seen',
  `INSERT INTO user_agent_profiles AS p (agent_id, user_id, tenant) VALUES ($1, $2, $3)
   ON CONFLICT (agent_id, user_id) DO UPDATE SET last_seen_at = now(), tenant = COALESCE(excluded.tenant, p.tenant)
   RETURNING (xmax = 0) AS is_new`,
);

/** Who has talked to which agent, first and last. */
@Injectable()
export class AgentProfileStore {
  /** `true`: for the first time. */
  async seen(tx: Queryable, caller: Caller, agentId: string): Promise<boolean> {
    const params = [agentId, toText(ownerOf(caller)), caller.tenant ?? null];
    const [row] = await tx.query<{ is_new: boolean }>(SEEN, params);
    return row?.is_new ?? false;
  }
}
