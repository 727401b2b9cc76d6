import { type Caller, LANES, type Lane, ROLES, type RunOrigin, SCOPES } from '#contracts';
import { CUT_REASONS, type ErrorCode, type TokenUsage } from '#protocol';
import type { RunEntity } from './run.entity.js';
import { ownerOf } from '../caller-scope.js';
import { toJsonb } from '../jsonb.js';
import type { NewMessage } from '../sessions/message-rows.js';
import type {
  Lease,
  LeasedSession,
  LeftRun,
  NewRun,
  RunInput,
  RunPeer,
  RunProgress,
  RunRecord,
} from './run-types.js';

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
  /** Of a run that is resumed. */
  progress?: RunProgress | null;
  steps?: readonly NewMessage[] | null;
}

export function toLease(runId: string, row: LeaseRow): Lease {
  const { epoch, attempt, progress, steps } = row;
  const earlier = { ...(progress && { progress }), ...(steps && { steps }) };
  return { runId, epoch, attempt, session: toLeasedSession(row), ...earlier };
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

/** A run that its replica left behind. */
export function toLeftRun(row: RunEntity): LeftRun {
  return {
    run: {
      id: row.id,
      caller: callerOf(row),
      agentId: row.agent_id,
      agentKey: row.agent_key,
      sessionKey: row.session_key,
      lane: laneOf(row.lane),
      origin: row.origin as RunOrigin,
      operation: row.operation,
      input: row.request as unknown as RunInput,
      ...(row.session_id !== null && { sessionId: row.session_id }),
      ...(row.channel !== null && { channel: row.channel }),
      ...(row.peer && { peer: row.peer as unknown as RunPeer }),
    },
    position: Number(row.position),
    epoch: row.lease_epoch,
    attempt: row.attempt,
    interruptions: row.interruptions + (row.lease_owner === null ? 0 : 1),
    abortReason: row.abort_reason ?? undefined,
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
    ...(row.sender !== null && { sender: row.sender }),
  };
}

function laneOf(text: string): Lane {
  return LANES.find((lane) => lane === text) ?? 'main';
}

/** $1–$20 of the statements that accept a run. */
export function runParams(run: NewRun): unknown[] {
  return [
    run.id,
    run.sessionId ?? null,
    run.sessionKey,
    run.agentId,
    run.agentKey,
    ownerOf(run.caller),
    run.caller.tenant ?? null,
    run.caller.role,
    run.caller.scopes,
    run.caller.credential.kind,
    run.caller.credential.id ?? null,
    run.channel ?? null,
    run.lane,
    run.origin,
    run.operation,
    run.idempotencyKey ?? null,
    run.requestHash ?? null,
    toJsonb(run.input),
    run.peer ? toJsonb(run.peer) : null,
    run.caller.sender ?? null,
  ];
}
