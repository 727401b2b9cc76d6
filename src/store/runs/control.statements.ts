import { statement } from '../database/statement.js';

const OF_CALLER = `user_id = $1 AND id <> ALL($2::uuid[]) AND ($3::uuid IS NULL OR id = $3::uuid)
  AND ($4::text IS NULL OR session_key = $4)`;

/** $1 user, $2 not these, $3 run or null, $4 session key or null, $5 reason: those that go, for their owner to stop. */
export const ASK_TO_ABORT = statement(
  'runs.ask-to-abort',
  `UPDATE runs SET abort_reason = $5 WHERE state = 'running' AND ${OF_CALLER} RETURNING id`,
);

/** $1–$4 as {@link ASK_TO_ABORT}, $5 message, $6 code: those that wait, wherever. */
export const ABORT_QUEUED = statement(
  'runs.abort-queued',
  `UPDATE runs SET state = 'aborted', error = $5, error_code = $6, finished_at = now()
   WHERE state = 'queued' AND ${OF_CALLER} RETURNING id`,
);

/** $1 session, $2 run, $3 reason: another replica's run of the session goes before it. */
export const ASK_OLDER_TO_ABORT = statement(
  'runs.ask-older-to-abort',
  `UPDATE runs SET abort_reason = $3
   WHERE session_id = $1::uuid AND state = 'running'
     AND position < (SELECT position FROM runs WHERE id = $2::uuid) RETURNING id`,
);

/** $1 session, $2 run: what waits before it. */
export const OLDER_WAITING = statement(
  'runs.older-waiting',
  `SELECT * FROM runs
   WHERE session_id = $1::uuid AND state = 'queued'
     AND position < (SELECT position FROM runs WHERE id = $2::uuid) ORDER BY position`,
);

/** $1 user, $2 agent key: open runs, wherever. */
export const OPEN_RUNS = statement(
  'runs.open',
  `SELECT id FROM runs WHERE user_id = $1 AND agent_key = $2 AND state IN ('queued', 'running')`,
);

/** $1 user. */
export const RUNNING_AGENTS = statement(
  'runs.running-agents',
  `SELECT DISTINCT agent_key FROM runs WHERE user_id = $1 AND state IN ('queued', 'running')`,
);

/** $1 runs: those that neither go nor wait any more; also what was withdrawn. */
export const ENDED = statement(
  'runs.ended',
  `SELECT asked.id FROM unnest($1::uuid[]) AS asked(id)
   WHERE NOT EXISTS (SELECT FROM runs WHERE runs.id = asked.id AND state IN ('queued', 'running'))`,
);
