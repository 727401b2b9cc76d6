/** Lapses by the database's clock: those of the replicas may differ by minutes. */
export const LEASE_DURATION = `interval '30 seconds'`;

/** What the executor needs of the session: its state before the run's messages were appended. */
export function sessionState(count: string): string {
  return `sessions.id AS session_id, next_seq - ${count} AS first_seq, window_start_seq, soft_trim_before,
    hard_clear_before, compaction_count, summary, model_override`;
}

/** Of the CTEs `r` (the run) and `s` (its session, or none). */
export const LEASE_RESULT = `SELECT r.lease_epoch AS epoch, r.attempt, s.session_id, s.first_seq, s.window_start_seq,
  s.soft_trim_before, s.hard_clear_before, s.compaction_count, s.summary, s.model_override
  FROM r LEFT JOIN s ON true`;

/** The same of a running run `r` and its session, which are read and not written; `count`: messages that stand there. */
export function standingLease(count: string, where: string): string {
  return `SELECT r.lease_epoch AS epoch, r.attempt, r.progress, r.steps, s.id AS session_id,
    s.next_seq - ${count} AS first_seq, s.window_start_seq, s.soft_trim_before, s.hard_clear_before,
    s.compaction_count, s.summary, s.model_override
    FROM runs r LEFT JOIN sessions s ON s.id = r.session_id
    WHERE r.id = $1::uuid AND r.state = 'running' AND ${where}`;
}
