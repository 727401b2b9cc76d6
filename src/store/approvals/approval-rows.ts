/**
 * `approved` and `denied` by a person. `expired`: nobody decided in time. `unreachable`: nobody was there who could
 * have. `withdrawn`: whoever asked is gone.
 */
export const APPROVAL_STATES = [
  'pending',
  'approved',
  'denied',
  'expired',
  'unreachable',
  'withdrawn',
] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export const APPROVAL_DECISIONS = ['allow-once', 'allow-always', 'deny'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

/** Where a command runs. */
export type CommandPlaceKind = 'host' | 'sandbox';

/** What a call wants to be approved. */
export interface NewApproval {
  readonly runId: string;
  readonly toolCallId: string;
  /** On whose authority the command runs. */
  readonly userId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly tool: string;
  readonly command: string;
  /** '': the workspace. */
  readonly cwd: string;
  readonly place: CommandPlaceKind;
  /** The commands that it consists of, for people. */
  readonly entries: readonly string[];
  /** Why it is asked, for people. */
  readonly reason: string;
  /** What may be allowed for good; absent: nothing. */
  readonly allowance?: string;
  /** How long it can be decided. */
  readonly ttlMs: number;
}

/** A command that somebody is to approve, or was. */
export interface ApprovalRow {
  readonly id: string;
  readonly run_id: string;
  readonly tool_call_id: string;
  readonly nth: number;
  readonly user_id: string;
  readonly agent_id: string;
  readonly agent_key: string;
  readonly session_key: string;
  readonly tool: string;
  readonly command: string;
  readonly cwd: string;
  readonly place: CommandPlaceKind;
  readonly entries: readonly string[];
  readonly reason: string;
  readonly allowance: string | null;
  readonly state: ApprovalState;
  readonly decision: ApprovalDecision | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  /** When the command was started. */
  readonly used_at: Date | null;
  readonly expires_at: Date;
  readonly created_at: Date;
  /** Milliseconds until it expires, by the clock of the database. */
  readonly remaining_ms: number;
}

/** Which command is allowed for good: the same, by the same tool, in the same place and directory. */
export interface AllowanceKey {
  readonly tool: string;
  readonly place: CommandPlaceKind;
  readonly cwd: string;
  readonly entry: string;
}

/** A command that one user's runs of one agent start without asking. */
export interface ExecAllowanceRow extends AllowanceKey {
  readonly id: string;
  readonly agent_id: string;
  readonly agent_key: string;
  readonly user_id: string;
  readonly created_by: string;
  readonly created_at: Date;
}
