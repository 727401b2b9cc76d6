import { statement } from '../database/statement.js';

/** $1 id, $2 channel, $3 the platform's id, $4 chat, $5 sender, $6 message. No row: it came before. */
export const RECEIVE = statement(
  'inbound.receive',
  `INSERT INTO inbound_messages (id, channel, platform_message_id, chat_id, sender_id, message)
   VALUES ($1::uuid, $2, $3, $4, $5, $6::jsonb)
   ON CONFLICT (channel, platform_message_id) DO NOTHING RETURNING id`,
);

/** $1 channel, $2 chats that are worked on, $3 limit. */
export const PENDING = statement(
  'inbound.pending',
  `SELECT id, chat_id AS "chatId", message, attempts,
     extract(epoch FROM now() - received_at)::float8 * 1000 AS "ageMs"
   FROM inbound_messages WHERE channel = $1 AND state = 'pending' AND chat_id <> ALL($2::text[])
   ORDER BY position LIMIT $3`,
);

/** $1 id, $2 run. */
export const ACCEPT = statement(
  'inbound.accept',
  `UPDATE inbound_messages SET state = 'accepted', run_id = $2::uuid, error = NULL, attempts = attempts + 1,
     processed_at = now()
   WHERE id = $1::uuid AND state = 'pending'`,
);

/** $1 id, $2 reason, $3 id of the answer, $4 its owner, $5 the answer. A repeat changes nothing. */
export const REJECT = statement(
  'inbound.reject',
  `WITH i AS (
     UPDATE inbound_messages SET state = 'rejected', error = $2, attempts = attempts + 1, processed_at = now()
     WHERE id = $1::uuid AND state = 'pending' RETURNING channel, chat_id
   )
   INSERT INTO outbox (id, channel, chat_id, user_id, message)
   SELECT $3::uuid, channel, chat_id, $4, $5::jsonb FROM i RETURNING id`,
);

/** $1 id, $2 reason. */
export const DEFER = statement(
  'inbound.defer',
  `UPDATE inbound_messages SET attempts = attempts + 1, error = $2 WHERE id = $1::uuid AND state = 'pending'`,
);

/** $1 days. What still waits is kept: it was acknowledged to its platform. */
export const PRUNE = statement(
  'inbound.prune',
  `WITH gone AS (
     DELETE FROM inbound_messages
     WHERE received_at < now() - make_interval(days => $1) AND state <> 'pending' RETURNING 1
   ) SELECT count(*) FROM gone`,
);
