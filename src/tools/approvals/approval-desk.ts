import { Injectable } from '@nestjs/common';
import { ApprovalChanged } from '#bus';
import type { Caller } from '#contracts';
import { Changes } from '#permissions';
import {
  type AllowanceFilter,
  ALLOWANCES_MAX,
  type ApprovalDecision,
  type ApprovalFilter,
  type ApprovalRow,
  ApprovalStore,
  ExecAllowanceStore,
  type ExecAllowanceRow,
  type Page,
  type PageRequest,
} from '#store';
import { scrubCredentials } from '../scrubbing/scrub-credentials.js';
import { ApprovalError } from './approval.errors.js';

const AUDITED_COMMAND_MAX_CHARS = 2_000;
const SHOWN_ID_MAX_CHARS = 100;

/** Where people decide about commands: an admin about all of them, everybody else about those of their own runs. */
@Injectable()
export class ApprovalDesk {
  constructor(
    private readonly approvals: ApprovalStore,
    private readonly allowances: ExecAllowanceStore,
    private readonly changes: Changes,
  ) {}

  /** What waits, the oldest first. */
  pending(caller: Caller): Promise<ApprovalRow[]> {
    return this.approvals.pending(caller);
  }

  page(caller: Caller, filter: ApprovalFilter, request: PageRequest): Promise<Page<ApprovalRow>> {
    return this.approvals.page(caller, filter, request);
  }

  /** @throws ApprovalError `unknown` */
  async get(caller: Caller, id: string): Promise<ApprovalRow> {
    const row = await this.approvals.visible(caller, id);
    if (row) return row;
    throw new ApprovalError('unknown', `There is no command ${shown(id)} that waits for you.`);
  }

  /**
   * Decides, once. `allow-always` also lets the same command of the same user and agent start from now on.
   * @throws ApprovalError `unknown`, `decided`, `not-for-good`, `too-many`
   */
  async decide(caller: Caller, id: string, decision: ApprovalDecision): Promise<ApprovalRow> {
    const asked = await this.get(caller, id);
    if (decision === 'allow-always' && asked.allowance === null) throw notForGood(asked);
    await this.changes.commit(caller, async (tx) => {
      if (!(await this.approvals.decide(tx, id, decision, caller.userId))) throw decided();
      const { allowance } = asked;
      if (decision === 'allow-always' && allowance !== null) {
        const added = await this.allowances.add(tx, asked, allowance, caller.userId);
        if (added === 'full') throw tooMany();
      }
      return {
        action: decision === 'deny' ? 'approval.deny' : 'approval.approve',
        target: { type: 'approval', id },
        details: { ...audited(asked), decision },
        events: [new ApprovalChanged('resolved', id)],
        result: undefined,
      };
    });
    return this.get(caller, id);
  }

  allowed(caller: Caller, filter: AllowanceFilter, request: PageRequest): Promise<Page<ExecAllowanceRow>> {
    return this.allowances.page(caller, filter, request);
  }

  /** The command is asked for again. @throws ApprovalError `unknown-allowance` */
  revoke(caller: Caller, id: string): Promise<ExecAllowanceRow> {
    return this.changes.commit(caller, async (tx) => {
      const row = await this.allowances.remove(tx, caller, id);
      if (!row)
        throw new ApprovalError('unknown-allowance', `There is no command ${shown(id)} that is allowed.`);
      const { agent_key, user_id, tool, place, cwd } = row;
      return {
        action: 'exec_allowance.revoke',
        target: { type: 'exec_allowance', id },
        before: { agent_key, user_id, tool, place, cwd, entry: masked(row.entry) },
        result: row,
      };
    });
  }
}

function audited({
  agent_key,
  user_id,
  run_id,
  session_key,
  tool,
  place,
  cwd,
  command,
}: ApprovalRow): object {
  return { agent_key, user_id, run_id, session_key, tool, place, cwd, command: masked(command) };
}

function masked(command: string): string {
  return scrubCredentials(command).slice(0, AUDITED_COMMAND_MAX_CHARS);
}

function notForGood({ reason }: ApprovalRow): ApprovalError {
  return new ApprovalError(
    'not-for-good',
    `This command cannot be allowed for good. ${reason} Approve it once, or deny it.`,
    { details: { param: 'always' } },
  );
}

function decided(): ApprovalError {
  return new ApprovalError('decided', 'It was decided already, or nobody waits for it any more.');
}

function tooMany(): ApprovalError {
  return new ApprovalError(
    'too-many',
    `${ALLOWANCES_MAX} commands of this user and agent are allowed for good. Approve it once, or revoke others first.`,
  );
}

function shown(id: string): string {
  return id.length <= SHOWN_ID_MAX_CHARS ? id : `${id.slice(0, SHOWN_ID_MAX_CHARS)}…`;
}
