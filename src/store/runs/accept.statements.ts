import { statement } from '../database/statement.js';
import { insertMessages } from '../sessions/message-rows.js';
import { LEASE_DURATION, LEASE_RESULT, sessionState } from './lease-sql.js';

const COLUMNS = `id, session_id, session_key, agent_id, agent_key, user_id, tenant, role, scopes, credential,
  api_key_id, channel, lane, origin, operation, idempotency_key, request_hash, request, peer, sender, state,
  lease_owner`;

const VALUES = `$1::uuid, $2::uuid, $3::text, $4::uuid, $5::text, $6::text, $7::text, $8::text, $9::text[], $10::text,
  $11::uuid, $12::text, $13::text, $14::text, $15::text, $16::text, $17::text, $18::jsonb, $19::jsonb, $20::text,
  $21::text, $22::uuid`;

const ON_REPEAT = `ON CONFLICT (user_id, operation, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`;

/** $1–$20: the run, $21: its state, $22: the replica that keeps it. */
export const ACCEPT = statement(
  'runs.accept',
  `INSERT INTO runs (${COLUMNS}) SELECT ${VALUES}
   WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM sessions WHERE id = $2::uuid AND user_id = $6)
   ${ON_REPEAT} RETURNING position`,
);

/**
 * As {@link ACCEPT}, and $23 limit of the attempt in ms, $24 number of messages, $25 the messages.
 * The session's row is locked by its update before the run is written, so two replicas cannot both start one; the
 * unique index on running runs backs that up. Not when others are open in the session: they come first.
 */
export const ACCEPT_AND_START = statement(
  'runs.accept-and-start',
  `WITH s AS (
     UPDATE sessions SET next_seq = next_seq + $24, updated_at = now()
     WHERE id = $2::uuid AND user_id = $6
       AND NOT EXISTS (SELECT FROM runs WHERE session_id = $2::uuid AND state IN ('queued', 'running'))
       AND ($16::text IS NULL OR NOT EXISTS (
         SELECT FROM runs WHERE user_id = $6 AND operation = $15 AND idempotency_key = $16))
     RETURNING ${sessionState('$24::int')}
   ), r AS (
     INSERT INTO runs (${COLUMNS}, lease_epoch, lease_until, attempt, deadline, started_at)
     SELECT ${VALUES}, 1, now() + ${LEASE_DURATION}, 1, now() + $23 * interval '1 ms', now()
     WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM s)
     ${ON_REPEAT} RETURNING id, lease_epoch, attempt
   ), m AS (${insertMessages('$25', '(SELECT id FROM r)')} WHERE EXISTS (SELECT FROM r))
   ${LEASE_RESULT}`,
);

/**
 * $1–$22 as {@link ACCEPT}, $23 limit of the attempt in ms. For a conversation that is not stored: without a session
 * to lock and messages to append this costs the server half of {@link ACCEPT_AND_START}.
 */
export const ACCEPT_AND_START_UNSTORED = statement(
  'runs.accept-and-start-unstored',
  `INSERT INTO runs (${COLUMNS}, lease_epoch, lease_until, attempt, deadline, started_at)
   VALUES (${VALUES}, 1, now() + ${LEASE_DURATION}, 1, now() + $23 * interval '1 ms', now())
   ${ON_REPEAT} RETURNING lease_epoch AS epoch, attempt, NULL AS session_id`,
);

/** $1 run: its place in the queue, when it was accepted. */
export const PLACE = statement('runs.place', `SELECT position FROM runs WHERE id = $1::uuid`);

/** $1 run. Its messages stand at the end of their session: it alone had the turn. */
export const WITHDRAW = statement(
  'runs.withdraw',
  `WITH r AS (DELETE FROM runs WHERE id = $1::uuid AND state IN ('queued', 'running') RETURNING id, session_id)
   DELETE FROM session_messages m USING r
   WHERE m.session_id = r.session_id AND m.run_id = r.id
     AND m.seq >= (SELECT next_seq - 1000 FROM sessions WHERE id = r.session_id)`,
);

/** $1 user, $2 operation, $3 key. */
export const RELEASE_KEY = statement(
  'runs.release-key',
  `UPDATE runs SET idempotency_key = NULL
   WHERE user_id = $1 AND operation = $2 AND idempotency_key = $3 AND created_at < now() - interval '24 hours'`,
);
