import { statement } from '../database/statement.js';
import { insertMessages } from '../sessions/message-rows.js';
import { LEASE_DURATION, LEASE_RESULT, sessionState, standingLease } from './lease-sql.js';

/**
 * $1 run, $2 lease owner, $3 limit of the attempt in ms, $4 number of messages, $5 the messages, $6 waiting runs that
 * become part of it. Only in its turn: no run of its session is going, none waits before it, and none stands between
 * it and those that become part of it.
 */
export const START = statement(
  'runs.start',
  `WITH part AS (
     SELECT id, position FROM runs WHERE id = ANY($6::uuid[]) AND state = 'queued' AND lease_owner = $2::uuid FOR UPDATE
   ), r AS (
     UPDATE runs SET state = 'running', lease_epoch = lease_epoch + 1, lease_until = now() + ${LEASE_DURATION},
       attempt = attempt + 1, deadline = now() + $3 * interval '1 ms', started_at = now()
     WHERE id = $1::uuid AND state = 'queued' AND lease_owner = $2::uuid
       AND (SELECT count(*) FROM part) = cardinality($6::uuid[])
       AND (session_id IS NULL OR NOT EXISTS (
         SELECT FROM runs o WHERE o.session_id = runs.session_id AND o.id <> runs.id AND (o.state = 'running'
           OR o.state = 'queued' AND o.id <> ALL($6::uuid[])
             AND o.position < GREATEST(runs.position, (SELECT max(position) FROM part)))))
     RETURNING id, session_id, lease_epoch, attempt
   ), s AS (
     UPDATE sessions SET next_seq = next_seq + $4, updated_at = now() FROM r WHERE sessions.id = r.session_id
     RETURNING ${sessionState('$4::int')}
   ), m AS (${insertMessages('$5', '$1')}
   ), merged AS (
     UPDATE runs SET state = 'merged', merged_into = $1::uuid, finished_at = now()
     FROM part WHERE runs.id = part.id AND EXISTS (SELECT FROM r)
   )
   ${LEASE_RESULT}`,
);

/** $1 run, $2 lease owner, $3 number of messages: the lease that a lost connection kept from its owner. */
export const OWN_LEASE = statement('runs.own-lease', standingLease('$3::int', 'r.lease_owner = $2::uuid'));

/** $1 run, $2 replica: whether it still waits there. */
export const WAITS = statement(
  'runs.waits',
  `SELECT id FROM runs WHERE id = $1::uuid AND state = 'queued' AND lease_owner = $2::uuid`,
);

/** $1 lease owner, $2 its runs. Returns those that are still its own, and why somebody wants them stopped. */
export const RENEW = statement(
  'runs.renew',
  `UPDATE runs SET lease_until = now() + ${LEASE_DURATION}
   WHERE id = ANY($2::uuid[]) AND lease_owner = $1::uuid AND state = 'running' RETURNING id, abort_reason`,
);

/** $1 replica: whatever it has is for others to take, from now on. */
export const RELEASE = statement(
  'runs.release',
  `UPDATE runs SET lease_owner = NULL, lease_until = now(),
     lease_epoch = lease_epoch + CASE state WHEN 'running' THEN 1 ELSE 0 END
   WHERE lease_owner = $1::uuid AND state IN ('queued', 'running') RETURNING id`,
);

/** $1 replica: which others have open runs. */
export const OTHER_OWNERS = statement(
  'runs.other-owners',
  `SELECT DISTINCT lease_owner AS owner FROM runs
   WHERE state IN ('queued', 'running') AND lease_owner <> $1::uuid`,
);

/** $1 replica, $2 its runs that are being worked on, $3 owners that are gone, $4 at most so many. */
export const LEFT_RUNNING = statement(
  'runs.left-running',
  `SELECT * FROM runs
   WHERE state = 'running' AND id <> ALL($2::uuid[])
     AND (lease_owner IS NULL OR lease_until < now() OR lease_owner = $1::uuid OR lease_owner = ANY($3::uuid[]))
   ORDER BY position LIMIT $4`,
);

/** $1 run, $2 its epoch, $3 the new owner, $4 limit of the attempt in ms. From then on the old owner writes nothing. */
export const TAKE_OVER = statement(
  'runs.take-over',
  `UPDATE runs SET lease_owner = $3::uuid, lease_epoch = lease_epoch + 1, lease_until = now() + ${LEASE_DURATION},
     attempt = attempt + 1, deadline = now() + $4 * interval '1 ms',
     interruptions = interruptions + CASE WHEN lease_owner IS NULL THEN 0 ELSE 1 END
   WHERE id = $1::uuid AND lease_epoch = $2 AND state = 'running' RETURNING lease_epoch AS epoch`,
);

/**
 * $1 run, $2 its epoch: the lease after {@link TAKE_OVER}. A statement of its own, because that one may have waited for
 * the old owner's last write, and would not see the messages of it.
 */
export const TAKEN_LEASE = statement('runs.taken-lease', standingLease('0', 'r.lease_epoch = $2'));

/**
 * $1 the new owner, $2 owners that are gone, $3 at most so many, $4 null, or its own waiting runs that it knows: waiting
 * runs of the gone, oldest first, and its own that it does not know.
 */
export const ADOPT = statement(
  'runs.adopt',
  `UPDATE runs SET lease_owner = $1::uuid
   WHERE id IN (
     SELECT id FROM runs WHERE state = 'queued' AND (lease_owner IS NULL OR lease_owner = ANY($2::uuid[])
       OR lease_owner = $1::uuid AND id <> ALL($4::uuid[]))
     ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED)
   RETURNING *`,
);

/** $1 the new owner, $2 session: its next run, when none is going, and no HTTP client waits for it elsewhere. */
export const ADOPT_NEXT = statement(
  'runs.adopt-next',
  `UPDATE runs SET lease_owner = $1::uuid
   WHERE id = (SELECT id FROM runs WHERE session_id = $2::uuid AND state = 'queued' ORDER BY position LIMIT 1)
     AND state = 'queued' AND (origin <> 'http' OR request @> '{"detached": true}')
     AND NOT EXISTS (SELECT FROM runs WHERE session_id = $2::uuid AND state = 'running')
   RETURNING *`,
);

/** $1 session. */
export const HAS_WAITING = statement(
  'runs.has-waiting',
  `SELECT id FROM runs WHERE session_id = $1::uuid AND state = 'queued' LIMIT 1`,
);
