import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Database } from '../database/database.js';
import type { Queryable } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import type { AuditEntry, AuditOutcome, AuditRow } from './audit-entry.js';
import { chainRows } from './audit-rows.js';
import { APPEND, AUDIT_COLUMNS, LOCK_HEAD, PRUNE } from './audit.statements.js';

/** Entries that one statement removes: appending waits for it. */
const PRUNE_BATCH = 5_000;

/** Rows of one read of an export. */
const EXPORT_BATCH = 500;

/** What a search in the log is narrowed to. */
export interface AuditFilter {
  readonly userId?: string;
  readonly tenant?: string;
  /** The action, or how it begins: `agent.` */
  readonly action?: string;
  readonly outcome?: AuditOutcome;
  readonly targetType?: string;
  readonly targetId?: string;
  readonly traceId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Who did what. Append-only; entries form a chain of hashes. */
@Injectable()
export class AuditStore {
  constructor(private readonly database: Database) {}

  /**
   * Appends in the transaction of what is told; entries of concurrent transactions wait for each other, so this is the
   * last thing before the commit.
   */
  async append(tx: Queryable, caller: Caller, entries: readonly AuditEntry[]): Promise<void> {
    await this.appendAll(tx, [{ caller, entries }]);
  }

  /** As {@link append}, of several callers. */
  async appendAll(
    tx: Queryable,
    all: readonly { readonly caller: Caller; readonly entries: readonly AuditEntry[] }[],
  ): Promise<void> {
    if (all.every(({ entries }) => entries.length === 0)) return;
    const [head] = await tx.query<{ seq: string; hash: string; at: Date }>(LOCK_HEAD);
    if (!head) throw new TypeError('The audit log has lost its head.');
    let end = { ...head, seq: Number(head.seq) };
    const rows: AuditRow[] = [];
    for (const { caller, entries } of all) {
      rows.push(...chainRows(end, caller, entries));
      const { seq, hash } = rows.at(-1) ?? end;
      end = { ...end, seq, hash };
    }
    await tx.query(APPEND, [toJsonb(rows), end.seq, end.hash]);
  }

  /** Newest first unless told. */
  async page(filter: AuditFilter, request: PageRequest): Promise<Page<AuditRow>> {
    const page = await readPage<StoredAuditRow>(this.database, LISTING, conditionsOf(filter), request);
    return { ...page, items: page.items.map(toAuditRow) };
  }

  /** Everything that fits, oldest first, in batches: memory stays bounded however long the log is. */
  async *export(filter: AuditFilter): AsyncGenerator<readonly AuditRow[]> {
    for (let after = 0; ;) {
      const conditions = conditionsOf(filter).add('seq > ?', after);
      const rows = await this.database.query<StoredAuditRow>(
        `SELECT ${AUDIT_COLUMNS} FROM audit_log WHERE ${conditions.sql} ORDER BY seq LIMIT ${EXPORT_BATCH}`,
        conditions.params,
      );
      if (rows.length > 0) yield rows.map(toAuditRow);
      const last = rows.at(-1);
      if (!last || rows.length < EXPORT_BATCH) return;
      after = Number(last.seq);
    }
  }

  /** Removes entries that are older than `days`; returns how many. What is left can still be verified. */
  async prune(days: number): Promise<number> {
    for (let removed = 0; ;) {
      const [row] = await this.database.query<{ count: number }>(PRUNE, [days, PRUNE_BATCH]);
      removed += row?.count ?? 0;
      if ((row?.count ?? 0) < PRUNE_BATCH) return removed;
    }
  }
}

/** Bigints come as text. */
export type StoredAuditRow = Omit<AuditRow, 'seq'> & { readonly seq: string };

export function toAuditRow(row: StoredAuditRow): AuditRow {
  return { ...row, seq: Number(row.seq) };
}

const LISTING: Listing = {
  select: AUDIT_COLUMNS,
  from: 'audit_log',
  id: { sql: 'seq', type: 'bigint' },
  sorts: { seq: { sql: 'seq', type: 'bigint', descending: true } },
};

function conditionsOf(filter: AuditFilter): Conditions {
  return new Conditions()
    .addIf('user_id = ?', filter.userId)
    .addIf('tenant = ?', filter.tenant)
    .addIf('starts_with(action, ?)', filter.action)
    .addIf('outcome = ?', filter.outcome)
    .addIf('target_type = ?', filter.targetType)
    .addIf('target_id = ?', filter.targetId)
    .addIf('trace_id = ?', filter.traceId)
    .addIf('at >= ?', filter.from)
    .addIf('at < ?', filter.to);
}
