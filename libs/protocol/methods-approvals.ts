/** A command that waits for somebody to approve it. Times are milliseconds since the epoch. */
export interface PendingApproval {
  id: string;
  /** As the shell would get it. */
  command: string;
  /** The commands that it consists of. */
  entries: string[];
  /** Why it is asked. */
  reason: string;
  /** `exec`, or the name of a custom tool. */
  tool: string;
  /** Where it would run. */
  place: 'host' | 'sandbox';
  /** In which directory; absent: the workspace. */
  cwd?: string;
  /** Whether it may be allowed for good. */
  canAlways: boolean;
  agentId: string;
  runId: string;
  sessionKey: string;
  /** Whose run it is. */
  userId: string;
  createdAt: number;
  expiresAt: number;
}

/**
 * `expired`: nobody decided in time. `unreachable`: nobody was there who could have. `withdrawn`: whoever asked is gone.
 */
export type ApprovalEnd = 'allow-once' | 'allow-always' | 'deny' | 'expired' | 'unreachable' | 'withdrawn';

/** A command that waits no more. */
export interface ResolvedApproval {
  id: string;
  decision: ApprovalEnd;
  /** The user that decided. */
  decidedBy?: string;
  agentId: string;
  runId: string;
  sessionKey: string;
  userId: string;
}

/** A command that one user's runs of one agent start without asking. */
export interface ExecAllowance {
  id: string;
  /** The command, in the one form in which it is compared. */
  command: string;
  tool: string;
  place: 'host' | 'sandbox';
  cwd?: string;
  agentId: string;
  userId: string;
  createdBy: string;
  createdAt: number;
}

/** Commands of agents that people approve. An admin sees those of all, everybody else those of their own runs. */
export interface ApprovalMethods {
  /** What waits, the oldest first. */
  'exec.approval.list': { params: undefined; result: { pending: PendingApproval[] } };
  /** Lets a command start; with `always`, the same command of this user and agent from now on. */
  'exec.approval.approve': {
    params: { id: string; always?: boolean };
    result: { resolved: true; decision: 'allow-once' | 'allow-always' };
  };
  /** Keeps a command from starting. */
  'exec.approval.deny': { params: { id: string }; result: { resolved: true; decision: 'deny' } };
  /** Commands that were allowed for good, the newest first. */
  'exec.allowance.list': {
    params: { agentId?: string; limit?: number; after?: string };
    result: { allowances: ExecAllowance[]; next?: string };
  };
  /** The command is asked for again. */
  'exec.allowance.revoke': { params: { id: string }; result: { revoked: true } };
}
