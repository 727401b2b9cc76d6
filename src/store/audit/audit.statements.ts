import { statement } from '../database/statement.js';

export const AUDIT_COLUMNS = `seq, id, at, user_id, tenant, role, credential, credential_id, address, action, outcome,
  target_type, target_id, before, after, details, trace_id, previous_hash, hash`;

/** Whoever holds the head appends; everybody else waits until that is committed. */
export const LOCK_HEAD = statement(
  'audit.lock-head',
  `SELECT seq, hash, date_trunc('milliseconds', clock_timestamp()) AS at FROM audit_head WHERE id = 1 FOR UPDATE`,
);

export const APPEND = statement(
  'audit.append',
  `WITH n AS (
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS n(seq bigint, id uuid, at timestamptz, user_id text, tenant text,
       role text, credential text, credential_id text, address text, action text, outcome text, target_type text,
       target_id text, before jsonb, after jsonb, details jsonb, trace_id text, previous_hash text, hash text)
   ), appended AS (
     INSERT INTO audit_log (${AUDIT_COLUMNS}) SELECT seq, id, at, user_id, tenant, role, credential, credential_id,
       address, action, outcome, target_type, target_id, NULLIF(before, 'null'), NULLIF(after, 'null'),
       NULLIF(details, 'null'), trace_id, previous_hash, hash FROM n
   )
   UPDATE audit_head SET seq = $2, hash = $3 WHERE id = 1`,
);

export const HEAD = statement(
  'audit.head',
  `SELECT seq, hash, pruned_seq, pruned_hash FROM audit_head WHERE id = 1`,
);

export const CHAIN = statement(
  'audit.chain',
  `SELECT ${AUDIT_COLUMNS} FROM audit_log WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`,
);

/** See the migration: the one way out of the log. */
export const PRUNE = statement('audit.prune', `SELECT audit_prune($1, $2) AS count`);
