import type { ApprovalRow, ExecAllowanceRow } from '#store';
import { withoutNulls } from '../rest/without-nulls.js';

export function approvalAnswer(row: ApprovalRow): object {
  const { tool_call_id: _call, nth: _nth, allowance, remaining_ms: _ms, cwd, ...rest } = row;
  return { ...withoutNulls(rest), ...(cwd !== '' && { cwd }), can_always: allowance !== null };
}

export function allowanceAnswer({ entry: command, cwd, ...rest }: ExecAllowanceRow): object {
  return { ...rest, command, ...(cwd !== '' && { cwd }) };
}
