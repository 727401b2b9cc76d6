import { statement } from '../database/statement.js';

/** $1 id. */
export const DEVICE_BY_ID = statement(
  'pairing.device-by-id',
  'SELECT * FROM paired_devices WHERE id = $1::uuid',
);

/** $1 sender, $2 channel. */
export const DEVICE_OF_SENDER = statement(
  'pairing.device-of-sender',
  'SELECT * FROM paired_devices WHERE sender_id = $1 AND channel = $2',
);

/** $1 sender, $2 channel. */
export const PENDING_OF_SENDER = statement(
  'pairing.pending-of-sender',
  'SELECT * FROM pairing_requests WHERE sender_id = $1 AND channel = $2 AND expires_at > now()',
);

/** $1–$8: the request, $9 how long it waits in ms, $10 most of one account, $11 of one asker, $12 of all. */
export const REQUEST = statement(
  'pairing.request',
  `INSERT INTO pairing_requests
     (id, code, sender_id, sender_secret_hash, channel, chat_id, account_id, requested_by, expires_at)
   SELECT $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, now() + $9::float8 * interval '1 ms'
   WHERE (SELECT count(*) FROM pairing_requests WHERE account_id = $7::text AND channel = $5::text) < $10::int
     AND (SELECT count(*) FROM pairing_requests WHERE requested_by = $8::text) < $11::int
     AND (SELECT count(*) FROM pairing_requests) < $12::int
   RETURNING *`,
);

/** $1 request, $2 id of the device, $3 who approves, $4 on whose authority it acts. */
export const APPROVE = statement(
  'pairing.approve',
  `WITH r AS (DELETE FROM pairing_requests WHERE id = $1::uuid AND expires_at > now() RETURNING *)
   INSERT INTO paired_devices (id, sender_id, sender_secret_hash, channel, chat_id, paired_by, user_id)
   SELECT $2::uuid, sender_id, sender_secret_hash, channel, chat_id, $3::text, $4::text FROM r
   ON CONFLICT (sender_id, channel) DO UPDATE SET
     sender_secret_hash = excluded.sender_secret_hash, chat_id = excluded.chat_id, paired_by = excluded.paired_by,
     user_id = excluded.user_id, paired_at = now()
   RETURNING *`,
);
