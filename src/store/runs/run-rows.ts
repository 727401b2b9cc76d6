import { type Caller, LANES, type Lane, ROLES, type RunOrigin, SCOPES } from '#contracts';
import { CUT_REASONS, type ErrorCode, type TokenUsage } from '#protocol';
import type { RunEntity } from './run.entity.js';
import type { Lease, LeasedSession, QueuedRun, RunInput, RunRecord } from './run-types.js';

export const NO_USAGE: TokenUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** What a lease statement returns; bigints come as strings. */
export interface LeaseRow {
  epoch: number;
  attempt: number;
  session_id: string | null;
  first_seq: string;
  window_start_seq: string;
  soft_trim_before: string;
  hard_clear_before: string;
  compaction_count: number;
  summary: string | null;
  model_override: string | null;
}

export function toLease(runId: string, row: LeaseRow): Lease {
  return { runId, epoch: row.epoch, attempt: row.attempt, session: toLeasedSession(row) };
}

function toLeasedSession(row: LeaseRow): LeasedSession | undefined {
  if (row.session_id === null) return undefined;
  return {
    id: row.session_id,
    firstSeq: Number(row.first_seq),
    windowStartSeq: Number(row.window_start_seq),
    softTrimBefore: Number(row.soft_trim_before),
    hardClearBefore: Number(row.hard_clear_before),
    compactionCount: row.compaction_count,
    summary: row.summary ?? undefined,
    modelOverride: row.model_override ?? undefined,
  };
}

export function toRunRecord(row: RunEntity): RunRecord {
  return {
    id: row.id,
    state: row.state,
    sessionId: row.session_id ?? undefined,
    sessionKey: row.session_key,
    agentId: row.agent_id,
    agentKey: row.agent_key,
    userId: row.user_id,
    origin: row.origin as RunOrigin,
    requestHash: row.request_hash ?? undefined,
    input: row.request as unknown as RunInput,
    attempt: row.attempt,
    cut: CUT_REASONS.find((reason) => reason === row.result?.['cut']),
    content: typeof row.result?.['content'] === 'string' ? row.result['content'] : '',
    usage: (row.usage as unknown as TokenUsage | null) ?? NO_USAGE,
    error:
      row.error === null
        ? undefined
        : { code: (row.error_code ?? 'INTERNAL') as ErrorCode, message: row.error },
    mergedInto: row.merged_into ?? undefined,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

export function toQueuedRun(row: RunEntity): QueuedRun {
  return {
    ...toRunRecord(row),
    caller: callerOf(row),
    operation: row.operation,
    lane: laneOf(row.lane),
    channel: row.channel ?? undefined,
  };
}

/** The authority under which the run was accepted. */
function callerOf(row: RunEntity): Caller {
  const kind = row.credential as Caller['credential']['kind'];
  return {
    userId: row.user_id,
    role: ROLES.find((role) => role === row.role) ?? 'none',
    scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
    credential: row.api_key_id ? { kind, id: row.api_key_id } : { kind },
    ...(row.tenant !== null && { tenant: row.tenant }),
  };
}

function laneOf(text: string): Lane {
  return LANES.find((lane) => lane === text) ?? 'main';
}
