import type { ApprovalEnd, ExecAllowance, PendingApproval, ResolvedApproval } from '#protocol';
import type { ApprovalRow, ExecAllowanceRow } from '#store';

export function toPendingApproval(row: ApprovalRow): PendingApproval {
  return {
    ...ofRun(row),
    command: row.command,
    entries: [...row.entries],
    reason: row.reason,
    tool: row.tool,
    place: row.place,
    ...(row.cwd !== '' && { cwd: row.cwd }),
    canAlways: row.allowance !== null,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
  };
}

/** `undefined`: it waits still. */
export function toResolvedApproval(row: ApprovalRow): ResolvedApproval | undefined {
  const decision = endOf(row);
  if (decision === undefined) return undefined;
  return { ...ofRun(row), decision, ...(row.decided_by !== null && { decidedBy: row.decided_by }) };
}

export function toExecAllowance(row: ExecAllowanceRow): ExecAllowance {
  return {
    id: row.id,
    command: row.entry,
    tool: row.tool,
    place: row.place,
    ...(row.cwd !== '' && { cwd: row.cwd }),
    agentId: row.agent_key,
    userId: row.user_id,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
  };
}

function ofRun({
  id,
  agent_key: agentId,
  run_id: runId,
  session_key: sessionKey,
  user_id: userId,
}: ApprovalRow): Pick<ResolvedApproval, 'id' | 'agentId' | 'runId' | 'sessionKey' | 'userId'> {
  return { id, agentId, runId, sessionKey, userId };
}

function endOf({ state, decision }: ApprovalRow): ApprovalEnd | undefined {
  if (state === 'pending') return undefined;
  if (state === 'denied') return 'deny';
  return state === 'approved' ? (decision ?? 'allow-once') : state;
}
