import type { Moment } from './moments.js';
import type { Replica } from './replica.js';
import { query, type Stage } from './stage.js';

/** A moment that does not come within this is not hit. */
const MOMENT_LIMIT_MS = 10_000;
/** Longest wait after a moment, so that it is not always its very beginning that is hit. */
const AFTER_MOMENT_MAX_MS = 4;
const RANDOM_MAX_MS = 1_500;

/** Moments that are too short to wait. */
const EXACT: ReadonlySet<string> = new Set(['tool-call', 'compacting', 'sending-outbox']);

export type KillMoment = Moment | 'random';

export interface KillOptions {
  /** To look there whether the moment was hit. */
  readonly dsn?: string | undefined;
  /** In the report. */
  readonly name?: string;
}

/** Waits for a moment, kills the gateway, and counts whether the moment was hit. */
export async function killAt(
  stage: Stage,
  replica: Replica,
  moment: KillMoment,
  { dsn, name = moment }: KillOptions = {},
): Promise<void> {
  const { random, moments, ledger } = stage;
  const pause = random.int(0, moment === 'random' ? RANDOM_MAX_MS : AFTER_MOMENT_MAX_MS);
  const came = moment === 'random' || (await moments.next(moment, MOMENT_LIMIT_MS));
  if (!EXACT.has(moment)) await new Promise((resolve) => setTimeout(resolve, pause));
  const isUnacknowledged = ledger.waiting.some(({ isAccepted }) => !isAccepted);
  const dead = replica.kill();
  stage.recoveries.killed();
  await dead;
  const isHit =
    moment === 'tool-call' && dsn !== undefined
      ? await hasOpenCall(dsn)
      : came && (moment !== 'before-ack' || isUnacknowledged);
  stage.count(isHit ? `kill ${name}` : 'kill beside its moment');
}

/** Whether a run was interrupted between a tool call and its result. */
async function hasOpenCall(dsn: string): Promise<boolean> {
  const rows = await query(
    dsn,
    `SELECT FROM session_messages AS call JOIN runs ON runs.id = call.run_id AND runs.state = 'running'
     WHERE call.tool_calls IS NOT NULL AND jsonb_array_length(call.tool_calls) > 0 AND NOT EXISTS (
       SELECT FROM session_messages AS result
       WHERE result.session_id = call.session_id AND result.seq > call.seq)`,
  );
  return rows.length > 0;
}
