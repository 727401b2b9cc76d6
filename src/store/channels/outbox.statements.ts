import { statement } from '../database/statement.js';

/**
 * $1 replica, $2 channel, $3 limit, $4 lease in ms. The first open message of each chat, when its time has come. Its
 * own state is looked at again once its row is locked, so that it is claimed once however many replicas look. The
 * heads come from one pass over the index: a join of the open rows with themselves is quadratic before the first
 * ANALYZE. Times are kept in milliseconds and rounded: "now" of a moment ago may lie ahead.
 */
export const CLAIM = statement(
  'outbox.claim',
  `WITH heads AS MATERIALIZED (
     SELECT DISTINCT ON (chat_id) id FROM outbox
     WHERE channel = $2 AND state IN ('pending', 'sending') ORDER BY chat_id, position
   ), due AS (
     SELECT o.id FROM heads JOIN outbox o ON o.id = heads.id
     WHERE o.state = 'pending' AND o.next_attempt_at < now() + interval '1 millisecond'
     ORDER BY o.position LIMIT $3 FOR UPDATE OF o SKIP LOCKED
   )
   UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_owner = $1::uuid,
     lease_until = now() + $4::float8 * interval '1 millisecond'
   FROM due WHERE outbox.id = due.id
   RETURNING outbox.id, channel, attempts, lease_owner AS owner, message`,
);

/** A write of whoever lost the message to somebody else changes nothing. */
const FENCE = `id = $1::uuid AND lease_owner = $2::uuid AND attempts = $3 AND state = 'sending'`;

/** $1–$3 the claim, $4 state, $5 receipt, $6 error. */
export const END = statement(
  'outbox.end',
  `UPDATE outbox SET state = $4, receipt = $5, error = $6, finished_at = now(), lease_until = NULL
   WHERE ${FENCE} RETURNING state`,
);

/** $1–$3 the claim, $4 error, $5 delay in ms, $6 attempts at most, $7 age in ms at most, $8 state beyond them. */
export const RETRY = statement(
  'outbox.retry',
  `WITH o AS (
     SELECT id AS open_id, attempts >= $6 OR created_at <= now() - $7::float8 * interval '1 millisecond' AS is_over
     FROM outbox WHERE ${FENCE}
   )
   UPDATE outbox SET error = $4, lease_owner = NULL, lease_until = NULL,
     state = CASE WHEN is_over THEN $8 ELSE 'pending' END,
     finished_at = CASE WHEN is_over THEN now() END,
     next_attempt_at = now() + $5::float8 * interval '1 millisecond'
   FROM o WHERE ${FENCE} AND id = o.open_id RETURNING state`,
);

/** $1–$3 the claim. */
export const RELEASE = statement(
  'outbox.release',
  `UPDATE outbox SET state = 'pending', lease_owner = NULL, lease_until = NULL WHERE ${FENCE}`,
);

/** $1 channels, $2 limit. */
export const SENDING = statement(
  'outbox.sending',
  `SELECT id, channel, attempts, lease_owner AS owner, lease_until < now() AS lapsed FROM outbox
   WHERE channel = ANY($1::text[]) AND state = 'sending' ORDER BY position LIMIT $2`,
);

/** $1 days. */
export const PRUNE = statement(
  'outbox.prune',
  `WITH gone AS (
     DELETE FROM outbox WHERE created_at < now() - make_interval(days => $1) AND state <> 'sending' RETURNING 1
   ) SELECT count(*) FROM gone`,
);
