import { statement } from '../database/statement.js';
import { insertMessages } from '../sessions/message-rows.js';

const COLUMNS = `id, session_id, session_key, agent_id, agent_key, user_id, tenant, role, scopes, credential,
  api_key_id, channel, lane, origin, operation, idempotency_key, request_hash, request, state`;

const VALUES = `$1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7, $8, $9::text[], $10, $11::uuid, $12, $13, $14, $15,
  $16, $17, $18::jsonb, $19`;

const ON_REPEAT = `ON CONFLICT (user_id, operation, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`;

const LEASE_DURATION = `interval '30 seconds'`;

/** What the executor needs of the session: its state before the run's messages were appended. */
const SESSION_STATE = `sessions.id AS session_id, next_seq - $COUNT AS first_seq, window_start_seq,
  soft_trim_before, hard_clear_before, compaction_count, summary, model_override`;

const LEASE_RESULT = `SELECT r.lease_epoch AS epoch, r.attempt, s.session_id, s.first_seq, s.window_start_seq,
  s.soft_trim_before, s.hard_clear_before, s.compaction_count, s.summary, s.model_override
  FROM r LEFT JOIN s ON true`;

/** $1–$18: the run, $19: its state. */
export const ACCEPT = statement(
  'runs.accept',
  `INSERT INTO runs (${COLUMNS}) VALUES (${VALUES}) ${ON_REPEAT} RETURNING id`,
);

/**
 * As {@link ACCEPT}, and $20 lease owner, $21 deadline, $22 number of messages, $23 the messages.
 * The session's row is locked by its update before the run is written, so two replicas cannot both start one.
 */
export const ACCEPT_AND_START = statement(
  'runs.accept-and-start',
  `WITH s AS (
     UPDATE sessions SET next_seq = next_seq + $22, updated_at = now()
     WHERE id = $2::uuid AND user_id = $6
       AND ($16::text IS NULL OR NOT EXISTS (
         SELECT FROM runs WHERE user_id = $6 AND operation = $15 AND idempotency_key = $16))
     RETURNING ${SESSION_STATE.replace('$COUNT', '$22::int')}
   ), r AS (
     INSERT INTO runs (${COLUMNS}, lease_owner, lease_epoch, lease_until, attempt, deadline, started_at)
     SELECT ${VALUES}, $20::uuid, 1, now() + ${LEASE_DURATION}, 1, $21::timestamptz, now()
     WHERE $2::uuid IS NULL OR EXISTS (SELECT FROM s)
     ${ON_REPEAT} RETURNING id, lease_epoch, attempt
   ), m AS (${insertMessages('$23', '(SELECT id FROM r)')} WHERE EXISTS (SELECT FROM r))
   ${LEASE_RESULT}`,
);

/**
 * $1–$18: the run, $19: its state, $20 lease owner, $21 deadline. For a conversation that is not stored: without a
 * session to lock and messages to append this costs the server half of {@link ACCEPT_AND_START}.
 */
export const ACCEPT_AND_START_UNSTORED = statement(
  'runs.accept-and-start-unstored',
  `INSERT INTO runs (${COLUMNS}, lease_owner, lease_epoch, lease_until, attempt, deadline, started_at)
   VALUES (${VALUES}, $20::uuid, 1, now() + ${LEASE_DURATION}, 1, $21::timestamptz, now())
   ${ON_REPEAT} RETURNING lease_epoch AS epoch, attempt, NULL AS session_id`,
);

/** $1 run, $2 lease owner, $3 deadline, $4 number of messages, $5 the messages, $6 waiting runs that become part of it. */
export const START = statement(
  'runs.start',
  `WITH r AS (
     UPDATE runs SET state = 'running', lease_owner = $2::uuid, lease_epoch = lease_epoch + 1,
       lease_until = now() + ${LEASE_DURATION}, attempt = attempt + 1, deadline = $3::timestamptz, started_at = now()
     WHERE id = $1::uuid AND state = 'queued' RETURNING id, session_id, lease_epoch, attempt
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $4, updated_at = now() FROM r WHERE sessions.id = r.session_id
     RETURNING ${SESSION_STATE.replace('$COUNT', '$4::int')}
   ), m AS (${insertMessages('$5', '$1')}
   ), merged AS (
     UPDATE runs SET state = 'merged', merged_into = $1::uuid, finished_at = now()
     WHERE id = ANY($6::uuid[]) AND state = 'queued' AND EXISTS (SELECT FROM r)
   )
   ${LEASE_RESULT}`,
);

/** $1 run, $2 lease owner, $3 number of messages: the lease that a lost connection kept from its owner. */
export const OWN_LEASE = statement(
  'runs.own-lease',
  `SELECT r.lease_epoch AS epoch, r.attempt, s.id AS session_id, s.next_seq - $3::int AS first_seq, s.window_start_seq,
     s.soft_trim_before, s.hard_clear_before, s.compaction_count, s.summary, s.model_override
   FROM runs r LEFT JOIN sessions s ON s.id = r.session_id
   WHERE r.id = $1::uuid AND r.state = 'running' AND r.lease_owner = $2::uuid`,
);

/** $1 run: its lease for whoever ends it for a process that is gone. */
export const TAKE_OVER = statement(
  'runs.take-over',
  `WITH r AS (
     UPDATE runs SET lease_epoch = lease_epoch + 1 WHERE id = $1::uuid AND state = 'running'
     RETURNING session_id, lease_epoch, attempt
   )
   SELECT r.lease_epoch AS epoch, r.attempt, s.id AS session_id, s.next_seq AS first_seq, s.window_start_seq,
     s.soft_trim_before, s.hard_clear_before, s.compaction_count, s.summary, s.model_override
   FROM r LEFT JOIN sessions s ON s.id = r.session_id`,
);

/** Holds the run's row, so that a takeover waits for this write or this write sees the takeover. */
const FENCE = `SELECT id, session_id FROM runs WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' FOR UPDATE`;

/** $1 run, $2 epoch, $3 number of messages, $4 the messages, $5 id of the first: a repeat finds it there. */
export const APPEND_STEP = statement(
  'runs.append-step',
  `WITH r AS (${FENCE}
   ), done AS (
     SELECT m.seq FROM session_messages m JOIN r ON m.session_id = r.session_id
     WHERE m.id = $5::uuid AND m.seq >= (SELECT next_seq FROM sessions WHERE id = r.session_id) - 1000
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $3, updated_at = now() FROM r
     WHERE sessions.id = r.session_id AND NOT EXISTS (SELECT FROM done)
     RETURNING sessions.id AS session_id, next_seq - $3::int AS first_seq
   ), m AS (${insertMessages('$4', '$1')})
   SELECT first_seq FROM s UNION ALL SELECT seq FROM done`,
);

/**
 * $1 run, $2 epoch, $3 state, $4 result, $5 error, $6 error code, $7 usage, $8 number of messages, $9 the
 * messages, $10 input tokens, $11 output tokens, $12 provider, $13 model. A repeat sees the end already written.
 */
export const FINISH = statement(
  'runs.finish',
  `WITH r AS (
     UPDATE runs SET state = $3, result = $4::jsonb, error = $5, error_code = $6, usage = $7::jsonb,
       finished_at = now(), lease_until = NULL
     WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING id, session_id
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $8, input_tokens = input_tokens + $10,
       output_tokens = output_tokens + $11, provider = COALESCE($12, provider), model = COALESCE($13, model),
       updated_at = now()
     FROM r WHERE sessions.id = r.session_id
     RETURNING sessions.id AS session_id, next_seq - $8::int AS first_seq
   ), m AS (${insertMessages('$9', '$1')})
   SELECT COALESCE((SELECT first_seq FROM s), 0) AS first_seq
   WHERE EXISTS (SELECT FROM r)
     OR EXISTS (SELECT FROM runs WHERE id = $1::uuid AND lease_epoch = $2 AND state = $3)`,
);

/** $1 run, $2 state, $3 message, $4 code. */
export const CLOSE_QUEUED = statement(
  'runs.close-queued',
  `UPDATE runs SET state = $2, error = $3, error_code = $4, finished_at = now()
   WHERE id = $1::uuid AND state = 'queued' RETURNING id`,
);

/** $1 run. */
export const IS_QUEUED = statement(
  'runs.is-queued',
  `SELECT id FROM runs WHERE id = $1::uuid AND state = 'queued'`,
);

/** $1 run. Its messages stand at the end of their session: it alone had the turn. */
export const WITHDRAW = statement(
  'runs.withdraw',
  `WITH r AS (DELETE FROM runs WHERE id = $1::uuid AND state IN ('queued', 'running') RETURNING id, session_id)
   DELETE FROM session_messages m USING r
   WHERE m.session_id = r.session_id AND m.run_id = r.id
     AND m.seq >= (SELECT next_seq - 1000 FROM sessions WHERE id = r.session_id)`,
);

/** $1–$7 as {@link FINISH}, for a run without a session. A repeat changes nothing and returns nothing. */
export const FINISH_UNSTORED = statement(
  'runs.finish-unstored',
  `UPDATE runs SET state = $3, result = $4::jsonb, error = $5, error_code = $6, usage = $7::jsonb,
     finished_at = now(), lease_until = NULL
   WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING 0 AS first_seq`,
);

/** $1 user, $2 operation, $3 key. */
export const RELEASE_KEY = statement(
  'runs.release-key',
  `UPDATE runs SET idempotency_key = NULL
   WHERE user_id = $1 AND operation = $2 AND idempotency_key = $3 AND created_at < now() - interval '24 hours'`,
);

/** $1 days. */
export const PRUNE = statement(
  'runs.prune',
  `WITH gone AS (DELETE FROM runs WHERE finished_at < now() - make_interval(days => $1) RETURNING 1)
   SELECT count(*) FROM gone`,
);
