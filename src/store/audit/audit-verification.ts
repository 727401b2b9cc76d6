import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { AuditRow } from './audit-entry.js';
import { auditHash } from './audit-hash.js';
import { type StoredAuditRow, toAuditRow } from './audit.store.js';
import { CHAIN, HEAD } from './audit.statements.js';

const BATCH = 1_000;

/** What the chain of the audit log says about itself. */
export interface AuditVerdict {
  /** Entries that were checked, up to the first broken one. */
  readonly entries: number;
  /** Seq of the last entry that had been removed for its age. */
  readonly prunedSeq: number;
  /** Seq and hash of the end of the chain: kept elsewhere, they prove later that nothing before it was changed. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** Absent: every entry is what it was. */
  readonly broken?: { readonly seq: number; readonly reason: string };
}

interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly prunedSeq: number;
  readonly prunedHash: string;
}

/** Reads the chain of the audit log and finds the first entry that was changed, removed, added or moved. */
@Injectable()
export class AuditVerification {
  constructor(private readonly database: Database) {}

  async verify(onProgress: (checked: number, of: number) => void = () => undefined): Promise<AuditVerdict> {
    const head = await this.head();
    let end = { seq: head.prunedSeq, hash: head.prunedHash };
    let entries = 0;
    const verdict = (broken?: AuditVerdict['broken']): AuditVerdict => ({
      entries,
      prunedSeq: head.prunedSeq,
      head: { seq: head.seq, hash: head.hash },
      ...(broken && { broken }),
    });
    while (end.seq < head.seq) {
      const rows = (await this.database.query<StoredAuditRow>(CHAIN, [end.seq, head.seq, BATCH])).map(
        toAuditRow,
      );
      if (rows[0]?.seq !== end.seq + 1) {
        // Old entries may have been removed by the rules while we read.
        const { prunedSeq: seq, prunedHash: hash } = await this.head();
        if (seq > end.seq) {
          end = { seq, hash };
          continue;
        }
      }
      if (rows.length === 0) return verdict(missing(end.seq + 1, head.seq));
      for (const row of rows) {
        const reason = flawOf(row, end);
        if (reason) return verdict({ seq: end.seq + 1, reason });
        end = row;
        entries += 1;
      }
      onProgress(entries, head.seq - head.prunedSeq);
    }
    if (end.seq === head.seq && end.hash !== head.hash) {
      return verdict({ seq: head.seq, reason: 'the end of the chain is another entry than the last one' });
    }
    return verdict(await this.beyond(head));
  }

  /** Entries behind the end can only have been put there beside the program, unless it has gone on by itself. */
  private async beyond({ seq }: Head): Promise<AuditVerdict['broken']> {
    const [row] = await this.database.query<{ last: string; head: string }>(
      `SELECT COALESCE((SELECT max(seq) FROM audit_log), 0) AS last, seq AS head FROM audit_head WHERE id = 1`,
    );
    if (!row) return { seq, reason: 'the end of the chain is gone' };
    return Number(row.last) > Number(row.head)
      ? { seq: Number(row.head) + 1, reason: 'the entry stands behind the end of the chain' }
      : undefined;
  }

  private async head(): Promise<Head> {
    type Row = { seq: string; hash: string; pruned_seq: string; pruned_hash: string };
    const [row] = await this.database.query<Row>(HEAD);
    return {
      seq: Number(row?.seq ?? 0),
      hash: row?.hash ?? '',
      prunedSeq: Number(row?.pruned_seq ?? 0),
      prunedHash: row?.pruned_hash ?? '',
    };
  }
}

function flawOf(row: AuditRow, end: { readonly seq: number; readonly hash: string }): string | undefined {
  if (row.seq !== end.seq + 1) return missing(end.seq + 1, row.seq - 1).reason;
  if (row.previous_hash !== end.hash) return 'it does not follow the entry before it';
  return auditHash(row) === row.hash ? undefined : 'its content was changed';
}

function missing(from: number, to: number): { seq: number; reason: string } {
  return { seq: from, reason: from === to ? 'it is gone' : `the entries ${from} to ${to} are gone` };
}
