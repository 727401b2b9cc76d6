import { statement } from '../database/statement.js';

export const APPROVAL_COLUMNS = `a.*, g.agent_key,
  (extract(epoch FROM a.expires_at - now()) * 1000)::float8 AS remaining_ms`;
export const APPROVALS = 'approvals a JOIN agents g ON g.id = a.agent_id';

/** $1 id. */
export const READ_APPROVAL = statement(
  'approvals.read',
  `SELECT ${APPROVAL_COLUMNS} FROM ${APPROVALS} WHERE a.id = $1::uuid`,
);

/** $1 run, $2 call: what it asked last. */
export const LATEST_OF_CALL = statement(
  'approvals.latest-of-call',
  `SELECT ${APPROVAL_COLUMNS} FROM ${APPROVALS} WHERE a.run_id = $1::uuid AND a.tool_call_id = $2
   ORDER BY a.nth DESC LIMIT 1`,
);

/**
 * $1–$13: the row, $14 how long it can be decided in ms, $15 most of one user. No row: there are as many, or it is
 * there.
 */
export const INSERT_APPROVAL = statement(
  'approvals.insert',
  `INSERT INTO approvals (id, run_id, tool_call_id, nth, user_id, agent_id, session_key, tool, command, cwd, place,
     entries, reason, allowance, expires_at)
   SELECT $1::uuid, $2::uuid, $3::text, $4::int, $5::text, $6::uuid, $7::text, $8::text, $9::text, $10::text, $11::text,
     $12::jsonb, $13::text, $14::text, now() + $15::float8 * interval '1 ms'
   WHERE (SELECT count(*) FROM approvals WHERE user_id = $5::text AND state = 'pending' AND expires_at > now()) < $16::int
   ON CONFLICT DO NOTHING
   RETURNING id`,
);

/** $1 id, $2 state, $3 decision, $4 by whom. */
export const DECIDE = statement(
  'approvals.decide',
  `UPDATE approvals SET state = $2::text, decision = $3::text, decided_by = $4::text, decided_at = now()
   WHERE id = $1::uuid AND state = 'pending' AND expires_at > now() RETURNING id`,
);

/** $1 id. Once. */
export const USE = statement(
  'approvals.use',
  `UPDATE approvals SET used_at = now() WHERE id = $1::uuid AND state = 'approved' AND used_at IS NULL RETURNING id`,
);
