import { statement } from '../database/statement.js';

const STATE = `SELECT id, key_hash, previous_hash, role, scopes, user_id, tenant, rate_limit_rpm,
  revoked_at IS NOT NULL AS revoked,
  (extract(epoch FROM expires_at - now()) * 1000)::float8 AS expires_in_ms,
  (extract(epoch FROM previous_valid_until - now()) * 1000)::float8 AS previous_in_ms
  FROM api_keys`;

/** $1 hash of a key, the present one or the one before. */
export const STATE_BY_HASH = statement(
  'api-keys.state-by-hash',
  `${STATE} WHERE key_hash = $1 OR previous_hash = $1`,
);

/** $1 id. */
export const STATE_BY_ID = statement('api-keys.state-by-id', `${STATE} WHERE id = $1::uuid`);

/** $1 uses as JSON. */
export const TOUCH = statement(
  'api-keys.touch',
  `UPDATE api_keys k SET last_used_at = u.at, last_used_from = coalesce(u.came_from, k.last_used_from)
   FROM (SELECT id, now() - ago_ms * interval '1 ms' AS at, came_from
     FROM jsonb_to_recordset($1::jsonb) AS x (id uuid, ago_ms float8, came_from text)) u
   WHERE k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.at)`,
);

/** $1 id, $2 hash of the new key, $3 its beginning, $4 seconds in which the key before works on. */
export const ROTATE = statement(
  'api-keys.rotate',
  `UPDATE api_keys SET key_hash = $2, key_prefix = $3,
     previous_hash = CASE WHEN $4::int > 0 THEN key_hash END,
     previous_valid_until = CASE WHEN $4::int > 0 THEN now() + $4::int * interval '1 s' END,
     version = version + 1, updated_at = now()
   WHERE id = $1::uuid RETURNING *`,
);

/** $1 id, $2 who. */
export const REVOKE = statement(
  'api-keys.revoke',
  `UPDATE api_keys SET revoked_at = now(), revoked_by = $2, previous_hash = NULL, previous_valid_until = NULL,
     version = version + 1, updated_at = now()
   WHERE id = $1::uuid RETURNING *`,
);
