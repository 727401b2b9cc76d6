import { Injectable } from '@nestjs/common';
import type { LogPosition } from '#protocol';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';

/**
 * One row of a run's log. Text may be coalesced: then `payload.content` is the text of several events, `seq` is
 * the last one's, and `payload.cuts` holds where each of them ends.
 */
export interface RunEventRow {
  readonly runId: string;
  readonly attempt: number;
  readonly seq: number;
  readonly type: string;
  readonly payload: Record<string, unknown> | null;
}

@Injectable()
export class RunEventStore {
  constructor(private readonly database: Database) {}

  /** Writes rows of any runs in one statement; rows that are there already are left alone. */
  async insert(rows: readonly RunEventRow[]): Promise<void> {
    const records = rows.map(({ runId, ...row }) => ({ run_id: runId, ...row }));
    await this.database.query(INSERT, [toJsonb(records)]);
  }

  /** Rows that end after `after`, in order. */
  async read(runId: string, after: LogPosition): Promise<RunEventRow[]> {
    return this.database.query<RunEventRow>(READ, [runId, after.attempt, after.seq]);
  }

  /** Position of the last event of a run's log; its beginning when it has none. */
  async end(runId: string): Promise<LogPosition> {
    const [row] = await this.database.query<LogPosition>(END, [runId]);
    return row ?? { attempt: 0, seq: 0 };
  }

  /** Removes rows that are older than `hours`; returns how many. */
  async prune(hours: number): Promise<number> {
    const [row] = await this.database.query<{ count: string }>(PRUNE, [hours]);
    return Number(row?.count ?? 0);
  }
}

const INSERT = statement(
  'run-events.insert',
  `INSERT INTO run_events (run_id, attempt, seq, type, payload)
   SELECT run_id, attempt, seq, type, payload
   FROM jsonb_to_recordset($1::jsonb) AS n(run_id uuid, attempt int, seq int, type text, payload jsonb)
   ON CONFLICT DO NOTHING`,
);

const READ = statement(
  'run-events.read',
  `SELECT run_id AS "runId", attempt, seq, type, payload FROM run_events
   WHERE run_id = $1 AND (attempt, seq) > ($2, $3) ORDER BY attempt, seq`,
);

const END = statement(
  'run-events.end',
  `SELECT attempt, seq FROM run_events WHERE run_id = $1 ORDER BY attempt DESC, seq DESC LIMIT 1`,
);

const PRUNE = statement(
  'run-events.prune',
  `WITH gone AS (DELETE FROM run_events WHERE at < now() - make_interval(hours => $1) RETURNING 1)
   SELECT count(*) FROM gone`,
);
