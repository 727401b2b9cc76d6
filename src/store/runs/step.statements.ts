import { statement } from '../database/statement.js';
import { insertMessages } from '../sessions/message-rows.js';

/** The row of the outbox that a run's end writes: $id, $message. Not without a peer. */
function writeReply(id: string, message: string): string {
  return `INSERT INTO outbox (id, channel, chat_id, run_id, user_id, message)
    SELECT ${id}::uuid, r.peer->>'channel', r.peer->>'chatId', r.id, r.user_id, ${message}::jsonb
    FROM r WHERE r.peer IS NOT NULL AND ${message}::jsonb IS NOT NULL`;
}

/**
 * $1 run, $2 epoch, $3 number of messages, $4 the messages, $5 id of the first, $6 progress. The update holds the run's
 * row, so that a takeover waits for this write or this write sees the takeover. The row also tells a repeat that the
 * step is written: the first try may still be going, and what it writes elsewhere would not be seen.
 */
export const APPEND_STEP = statement(
  'runs.append-step',
  `WITH r AS (
     UPDATE runs SET progress = $6::jsonb || jsonb_build_object('step', $5::uuid)
     WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running'
       AND ($5::uuid IS NULL OR progress->>'step' IS DISTINCT FROM $5::text)
     RETURNING id, session_id
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $3, updated_at = now() FROM r WHERE sessions.id = r.session_id
     RETURNING sessions.id AS session_id, next_seq - $3::int AS first_seq
   ), m AS (${insertMessages('$4', '$1')})
   SELECT first_seq FROM s`,
);

/** $1 run, $2 epoch, $3 id of the first message: where the step stands, when it was written before. */
export const WRITTEN_STEP = statement(
  'runs.written-step',
  `SELECT m.seq AS first_seq FROM runs r JOIN sessions s ON s.id = r.session_id
   JOIN session_messages m ON m.session_id = s.id AND m.seq >= s.next_seq - 1000 AND m.id = $3::uuid
   WHERE r.id = $1::uuid AND r.lease_epoch = $2 AND r.state = 'running'`,
);

/** $1 run, $2 epoch, $3 the messages, $4 `[{id}]` of the first: a repeat finds it there, $5 progress. */
export const APPEND_STEP_UNSTORED = statement(
  'runs.append-step-unstored',
  `UPDATE runs SET progress = $5::jsonb,
     steps = CASE WHEN steps @> $4::jsonb THEN steps ELSE COALESCE(steps, '[]') || $3::jsonb END
   WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING 0 AS first_seq`,
);

/**
 * $1 run, $2 epoch, $3 state, $4 result, $5 error, $6 error code, $7 usage, $8 number of messages, $9 the
 * messages, $10 input tokens, $11 output tokens, $12 provider, $13 model, $14 id and $15 message of the reply. A
 * repeat changes nothing and returns nothing.
 */
export const FINISH = statement(
  'runs.finish',
  `WITH r AS (
     UPDATE runs SET state = $3, result = $4::jsonb, error = $5, error_code = $6, usage = $7::jsonb,
       finished_at = now(), lease_until = NULL, progress = NULL, steps = NULL
     WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING id, session_id, peer, user_id
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $8, input_tokens = input_tokens + $10,
       output_tokens = output_tokens + $11, provider = COALESCE($12, provider), model = COALESCE($13, model),
       updated_at = now()
     FROM r WHERE sessions.id = r.session_id
     RETURNING sessions.id AS session_id, next_seq - $8::int AS first_seq
   ), m AS (${insertMessages('$9', '$1')}
   ), o AS (${writeReply('$14', '$15')})
   SELECT COALESCE((SELECT first_seq FROM s), 0) AS first_seq FROM r`,
);

/**
 * $1 run, $2 epoch, $3 state: whether it has ended so under this lease. A statement of its own, because a repeat of
 * {@link FINISH} that waited for the first try would not see what that wrote.
 */
export const FINISHED = statement(
  'runs.finished',
  `SELECT 0 AS first_seq FROM runs WHERE id = $1::uuid AND lease_epoch = $2 AND state = $3`,
);

/** $1–$7 as {@link FINISH}, for a run without a session. A repeat changes nothing and returns nothing. */
export const FINISH_UNSTORED = statement(
  'runs.finish-unstored',
  `UPDATE runs SET state = $3, result = $4::jsonb, error = $5, error_code = $6, usage = $7::jsonb,
     finished_at = now(), lease_until = NULL, progress = NULL, steps = NULL
   WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING 0 AS first_seq`,
);

/** $1 run, $2 state, $3 message, $4 code, $5 id and $6 message of the reply. */
export const CLOSE_QUEUED = statement(
  'runs.close-queued',
  `WITH r AS (
     UPDATE runs SET state = $2, error = $3, error_code = $4, finished_at = now()
     WHERE id = $1::uuid AND state = 'queued' RETURNING id, peer, user_id
   ), o AS (${writeReply('$5', '$6')})
   SELECT id FROM r`,
);

/** $1 days. */
export const PRUNE = statement(
  'runs.prune',
  `WITH gone AS (DELETE FROM runs WHERE finished_at < now() - make_interval(days => $1) RETURNING 1)
   SELECT count(*) FROM gone`,
);
