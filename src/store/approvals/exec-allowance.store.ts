import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Caller } from '#contracts';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import { type Queryable, statement } from '../database/statement.js';
import { toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import type { AllowanceKey, ApprovalRow, ExecAllowanceRow } from './approval-rows.js';

/** Commands that one user has allowed one agent for good. */
export const ALLOWANCES_MAX = 1_000;

const COLUMNS =
  'e.id, e.agent_id, g.agent_key, e.user_id, e.tool, e.place, e.cwd, e.entry, e.created_by, e.created_at';
const ALLOWANCES = 'exec_allowances e JOIN agents g ON g.id = e.agent_id';

const LISTING: Listing = {
  select: COLUMNS,
  from: ALLOWANCES,
  id: { sql: 'e.id', type: 'uuid' },
  sorts: {
    created_at: { sql: 'e.created_at', type: 'timestamptz', descending: true },
    entry: { sql: 'left(e.entry, 500)', type: 'text' },
  },
};

/** $1 agent, $2 user, $3 hash. */
const FIND = statement(
  'allowances.find',
  'SELECT id FROM exec_allowances WHERE agent_id = $1::uuid AND user_id = $2 AND entry_hash = $3',
);

export interface AllowanceFilter {
  readonly userId?: string;
  readonly agentId?: string;
  readonly agentKey?: string;
}

/** Commands that were allowed for good, each for one user and one agent. */
@Injectable()
export class ExecAllowanceStore {
  constructor(private readonly database: Database) {}

  async holds(agentId: string, userId: string, key: AllowanceKey): Promise<boolean> {
    const rows = await this.database.query(FIND, [agentId, toText(userId), hashOf(key)]);
    return rows.length > 0;
  }

  /** Allows what was asked for; nothing happens when it is allowed. `full`: there are as many as there may be. */
  async add(tx: Queryable, asked: ApprovalRow, entry: string, by: string): Promise<'added' | 'full'> {
    const { agent_id, user_id, tool, place, cwd } = asked;
    const counted = await tx.query<{ count: string }>(
      'SELECT count(*) FROM exec_allowances WHERE agent_id = $1 AND user_id = $2',
      [agent_id, user_id],
    );
    if (Number(counted[0]?.count ?? 0) >= ALLOWANCES_MAX) return 'full';
    await tx.query(
      `INSERT INTO exec_allowances (id, agent_id, user_id, tool, place, cwd, entry, entry_hash, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [newId(), agent_id, user_id, tool, place, cwd, entry, hashOf({ tool, place, cwd, entry }), toText(by)],
    );
    return 'added';
  }

  /** The newest first: an admin sees those of all, everybody else their own. @throws AppError INVALID_REQUEST */
  page(caller: Caller, filter: AllowanceFilter, request: PageRequest): Promise<Page<ExecAllowanceRow>> {
    const conditions = visibleTo(caller)
      .addIf('e.user_id = ?', filter.userId)
      .addIf('e.agent_id = ?', filter.agentId)
      .addIf('g.agent_key = ?', filter.agentKey);
    return readPage<ExecAllowanceRow>(this.database.seenBy(caller), LISTING, conditions, request);
  }

  /** Removes it and returns what it was; `undefined`: there is none that the caller may see. */
  async remove(tx: Queryable, caller: Caller, id: string): Promise<ExecAllowanceRow | undefined> {
    if (!isUuid(id)) return undefined;
    const conditions = visibleTo(caller).add('e.id = ?', id);
    const [row] = await tx.query<ExecAllowanceRow>(
      `SELECT ${COLUMNS} FROM ${ALLOWANCES} WHERE ${conditions.sql} FOR UPDATE OF e`,
      conditions.params,
    );
    if (row) await tx.query('DELETE FROM exec_allowances WHERE id = $1', [id]);
    return row;
  }
}

function hashOf({ tool, place, cwd, entry }: AllowanceKey): Buffer {
  const text = JSON.stringify([tool, place, cwd, entry].map(toText));
  return createHash('sha256').update(text).digest();
}

function visibleTo({ role, userId }: Caller): Conditions {
  return new Conditions().addIf('e.user_id = ?', role === 'admin' ? undefined : userId);
}
