import { IsBoolean } from 'class-validator';
import type { ApprovalDecision, ApprovalState, ExecAllowanceRow } from '#store';
import { IfGiven } from '../../rest/if-given.js';

export class ApproveDto {
  /** The same command of this user and agent starts without asking from now on. */
  @IfGiven()
  @IsBoolean()
  always?: boolean;
}

export class ApprovalDto {
  id!: string;
  state!: ApprovalState;
  /** As the shell gets it. */
  command!: string;
  /** The commands that it consists of. */
  entries!: string[];
  /** Why it was asked. */
  reason!: string;
  /** `exec`, or the name of a custom tool. */
  tool!: string;
  place!: ExecAllowanceRow['place'];
  /** Absent: the workspace. */
  cwd?: string;
  can_always!: boolean;
  agent_id!: string;
  agent_key!: string;
  run_id!: string;
  session_key!: string;
  user_id!: string;
  decision?: ApprovalDecision;
  decided_by?: string;
  decided_at?: string;
  /** When the command was started. */
  used_at?: string;
  expires_at!: string;
  created_at!: string;
}

export class ApprovalListDto {
  approvals!: ApprovalDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}

export class ExecAllowanceDto {
  id!: string;
  /** The command, in the one form in which it is compared. */
  command!: string;
  tool!: string;
  place!: ExecAllowanceRow['place'];
  cwd?: string;
  agent_id!: string;
  agent_key!: string;
  user_id!: string;
  created_by!: string;
  created_at!: string;
}

export class ExecAllowanceChangeDto extends ExecAllowanceDto {
  status!: 'revoked';
}

export class ExecAllowanceListDto {
  allowances!: ExecAllowanceDto[];
  total?: number;
  /** Pass it as `after` for the next page. */
  next?: string;
}
