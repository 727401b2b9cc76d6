import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Caller } from '#contracts';
import { isUuid, newId } from '#kernel';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb, toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import type { ApprovalDecision, ApprovalRow, ApprovalState, NewApproval } from './approval-rows.js';
import {
  APPROVAL_COLUMNS,
  APPROVALS,
  DECIDE,
  INSERT_APPROVAL,
  LATEST_OF_CALL,
  READ_APPROVAL,
  USE,
} from './approval.statements.js';

/** Commands of one user that wait at the same time. */
export const PENDING_OF_USER_MAX = 50;
/** Commands that one list shows. */
const PENDING_SHOWN_MAX = 200;
const CALL_ID_MAX_CHARS = 255;
/** Two that ask at the same time: the second one finds the row of the first. */
const OPEN_ATTEMPTS = 3;

const LISTING: Listing = {
  select: APPROVAL_COLUMNS,
  from: APPROVALS,
  id: { sql: 'a.id', type: 'uuid' },
  sorts: { created_at: { sql: 'a.created_at', type: 'timestamptz', descending: true } },
};

export interface ApprovalFilter {
  readonly userId?: string;
  readonly agentId?: string;
  readonly runId?: string;
  readonly state?: ApprovalState;
}

/** Commands that wait to be approved, and what became of them. */
@Injectable()
export class ApprovalStore {
  constructor(private readonly database: Database) {}

  /**
   * The row of a call: the one that it has, when it is made again after a crash, or a new one. `full`: the user has as
   * many commands waiting as there may be.
   */
  async open(wanted: NewApproval): Promise<{ row: ApprovalRow; isNew: boolean } | 'full'> {
    for (let attempt = 1; attempt <= OPEN_ATTEMPTS; attempt++) {
      const last = await this.latest(wanted.runId, wanted.toolCallId);
      if (last && isSameCall(last, wanted)) return { row: last, isNew: false };
      const id = await this.insert(wanted, (last?.nth ?? 0) + 1);
      const row = id === undefined ? undefined : await this.read(id);
      if (row) return { row, isNew: true };
    }
    return 'full';
  }

  async read(id: string): Promise<ApprovalRow | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.database.query<ApprovalRow>(READ_APPROVAL, [id]);
    return row;
  }

  /** What a call asked last. */
  async latest(runId: string, toolCallId: string): Promise<ApprovalRow | undefined> {
    if (!isUuid(runId)) return undefined;
    const [row] = await this.database.query<ApprovalRow>(LATEST_OF_CALL, [runId, callKey(toolCallId)]);
    return row;
  }

  /** Takes the approval for the one start that it is good for; `false`: it is none, or was taken. */
  async use(id: string): Promise<boolean> {
    return (await this.database.query(USE, [id])).length > 0;
  }

  /** Whether it was still to be decided, and is now. */
  async decide(tx: Queryable, id: string, decision: ApprovalDecision, by: string): Promise<boolean> {
    const state: ApprovalState = decision === 'deny' ? 'denied' : 'approved';
    return (await tx.query(DECIDE, [id, state, decision, toText(by)])).length > 0;
  }

  /** Ends the wait without a decision; `false`: it was decided, or ended, before. */
  async end(id: string, state: 'unreachable' | 'withdrawn'): Promise<boolean> {
    const ended = await this.database.query(
      `UPDATE approvals SET state = $2 WHERE id = $1 AND state = 'pending' RETURNING id`,
      [id, state],
    );
    return ended.length > 0;
  }

  /** Ends what a run waits for, which has ended itself. */
  endOfRun(runId: string): Promise<{ id: string }[]> {
    return this.database.query<{ id: string }>(
      `UPDATE approvals SET state = 'withdrawn' WHERE run_id = $1 AND state = 'pending' RETURNING id`,
      [runId],
    );
  }

  /** Ends what nobody decided in time: this one, or all. */
  expire(id?: string): Promise<{ id: string }[]> {
    return this.database.query<{ id: string }>(
      `UPDATE approvals SET state = 'expired'
       WHERE state = 'pending' AND expires_at <= now() AND ($1::uuid IS NULL OR id = $1) RETURNING id`,
      [id ?? null],
    );
  }

  /** What waits, the oldest first: an admin sees that of all, everybody else their own. */
  pending(caller: Caller): Promise<ApprovalRow[]> {
    const conditions = visibleTo(caller).add(`a.state = 'pending' AND a.expires_at > now()`);
    return this.database.seenBy(caller).query<ApprovalRow>(
      `SELECT ${APPROVAL_COLUMNS} FROM ${APPROVALS} WHERE ${conditions.sql}
         ORDER BY a.created_at, a.id LIMIT ${PENDING_SHOWN_MAX}`,
      conditions.params,
    );
  }

  /** As the caller may see it. */
  async visible(caller: Caller, id: string): Promise<ApprovalRow | undefined> {
    if (!isUuid(id)) return undefined;
    const conditions = visibleTo(caller).add('a.id = ?', id);
    const [row] = await this.database
      .seenBy(caller)
      .query<ApprovalRow>(
        `SELECT ${APPROVAL_COLUMNS} FROM ${APPROVALS} WHERE ${conditions.sql}`,
        conditions.params,
      );
    return row;
  }

  /** The newest first. @throws AppError INVALID_REQUEST for a foreign position */
  page(caller: Caller, filter: ApprovalFilter, request: PageRequest): Promise<Page<ApprovalRow>> {
    const conditions = visibleTo(caller)
      .addIf('a.user_id = ?', filter.userId)
      .addIf('a.agent_id = ?', filter.agentId)
      .addIf('a.run_id = ?', filter.runId)
      .addIf('a.state = ?', filter.state);
    return readPage<ApprovalRow>(this.database.seenBy(caller), LISTING, conditions, request);
  }

  /** Removes what has been kept for long enough; returns how many. */
  async prune(days: number): Promise<number> {
    const removed = await this.database.query(
      `DELETE FROM approvals WHERE created_at < now() - $1::int * interval '1 day' RETURNING id`,
      [days],
    );
    return removed.length;
  }

  private async insert(wanted: NewApproval, nth: number): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(INSERT_APPROVAL, [
      newId(),
      wanted.runId,
      callKey(wanted.toolCallId),
      nth,
      toText(wanted.userId),
      wanted.agentId,
      toText(wanted.sessionKey),
      wanted.tool,
      toText(wanted.command),
      toText(wanted.cwd),
      wanted.place,
      toJsonb(wanted.entries),
      toText(wanted.reason),
      wanted.allowance === undefined ? null : toText(wanted.allowance),
      wanted.ttlMs,
      PENDING_OF_USER_MAX,
    ]);
    return row?.id;
  }
}

/** Whether a row is that of the same call: an id that a model used again names another one. */
function isSameCall(row: ApprovalRow, wanted: NewApproval): boolean {
  const isOpen = row.used_at === null && ['pending', 'approved', 'denied'].includes(row.state);
  const isEqual =
    row.tool === wanted.tool &&
    row.command === toText(wanted.command) &&
    row.cwd === toText(wanted.cwd) &&
    row.place === wanted.place;
  return isOpen && isEqual;
}

function visibleTo({ role, userId }: Caller): Conditions {
  return new Conditions().addIf('a.user_id = ?', role === 'admin' ? undefined : userId);
}

/** Ids are what models make of them. */
function callKey(toolCallId: string): string {
  const text = toText(toolCallId);
  return text.length <= CALL_ID_MAX_CHARS ? text : createHash('sha256').update(text).digest('hex');
}
