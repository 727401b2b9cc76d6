import { Injectable, Logger } from '@nestjs/common';
import { ApprovalChanged, DomainEvents } from '#bus';
import { ConfigService } from '#config';
import type { ToolCallRef, ToolContext } from '#contracts';
import { type AllowanceKey, type ApprovalRow, ApprovalStore, ExecAllowanceStore } from '#store';
import type { ParsedCommand } from '../shell/command-entry.js';
import { ApprovalUpkeep } from './approval-upkeep.js';
import { ApproverReach } from './approver-reach.js';
import { allowanceOf, ruleOf } from './command-rules.js';
import { DecisionWatch } from './decision-watch.js';
import { ExecApprovalConfig } from './exec-approval.config.js';
import * as refusals from './refusals.js';
import { mayLeave, type Readable } from './safe-commands.js';

/** Longest that a call may wait for a person. The limit of a tool that asks must leave room for it. */
export const APPROVAL_WAIT_MAX_MS = 30 * 60_000;
/** Nobody reads more before deciding, and what is not read is not approved. */
export const APPROVED_COMMAND_MAX_CHARS = 20_000;
/** Parts of a command that are shown one by one. */
const ENTRIES_SHOWN_MAX = 100;

/** A command that a tool is about to start. */
export interface CommandToApprove {
  /** The tool that asks: `exec`, or a custom tool's name. */
  readonly tool: string;
  /** As it would be given to the shell. */
  readonly command: string;
  /** Directory in which it would start, as the command's place sees it; absent: the workspace. */
  readonly cwd?: string;
  readonly parsed: ParsedCommand;
  readonly context: ToolContext;
}

/** `message` is for the model. With an `approvalId`, {@link Approvals.started} decides whether to go on. */
export type ApprovalVerdict =
  | { readonly allowed: true; readonly approvalId?: string }
  | { readonly allowed: false; readonly message: string };

/** Decides whether a command may be started: by the configuration, by what was allowed for good, or by a person. */
@Injectable()
export class Approvals {
  private readonly logger = new Logger('Approvals');

  constructor(
    private readonly config: ConfigService,
    private readonly store: ApprovalStore,
    private readonly allowances: ExecAllowanceStore,
    private readonly reach: ApproverReach,
    private readonly watch: DecisionWatch,
    private readonly upkeep: ApprovalUpkeep,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Waits for a person where the configuration says so, until the call's signal aborts. A call that is made again
   * after a crash goes on waiting for the same decision, or uses it. Never rejects.
   */
  async require(request: CommandToApprove): Promise<ApprovalVerdict> {
    try {
      return await this.decide(request);
    } catch (error) {
      this.logger.error(
        { msg: 'A command could not be decided about', runId: request.context.run.runId },
        error,
      );
      return refused(refusals.FAILED);
    }
  }

  /**
   * Takes an approval, right before the command is started. `false`: it was taken before, so the command may have run
   * already, and must not be started. Rejects when the database cannot be asked: then it must not be started either.
   */
  started(approvalId: string): Promise<boolean> {
    return this.store.use(approvalId);
  }

  /**
   * Whether a call has asked and has not been started: for `Tool.isUntouched`. What was refused does not count: a model
   * may have given the id of the refused call to another one, which has run.
   */
  async isUntouched({ runId, toolCallId }: ToolCallRef): Promise<boolean> {
    const row = await this.store.latest(runId, toolCallId);
    return row !== undefined && row.used_at === null && ['pending', 'approved'].includes(row.state);
  }

  private async decide(request: CommandToApprove): Promise<ApprovalVerdict> {
    const { execApproval } = this.config.get(ExecApprovalConfig);
    const rule = ruleOf(execApproval, request.parsed, readableBy(request));
    if (rule.kind === 'allow') return { allowed: true };
    if (rule.kind === 'deny') return refused(refusals.SWITCHED_OFF);
    // What is asked for every time cannot be allowed for good.
    const entry = rule.kind === 'missed' ? allowanceOf(request.command, request.parsed) : undefined;
    if (entry !== undefined && (await this.isAllowed(request, entry))) return { allowed: true };
    if (rule.kind === 'missed' && rule.otherwise === 'deny') return refused(refusals.notListed(rule.reason));
    return this.ask(request, rule.reason, entry, execApproval.timeout_sec * 1000);
  }

  private isAllowed(request: CommandToApprove, entry: string): Promise<boolean> {
    const { agent, caller } = request.context.run;
    return this.allowances.holds(agent.id, caller.userId, { ...placeOf(request), entry });
  }

  private async ask(
    request: CommandToApprove,
    reason: string,
    allowance: string | undefined,
    ttlMs: number,
  ): Promise<ApprovalVerdict> {
    const { command, context, parsed } = request;
    if (command.length > APPROVED_COMMAND_MAX_CHARS) return refused(refusals.tooLong(command.length));
    const { run, toolCallId } = context;
    const opened = await this.store.open({
      ...placeOf(request),
      runId: run.runId,
      toolCallId,
      userId: run.caller.userId,
      agentId: run.agent.id,
      sessionKey: run.session.key,
      command,
      entries: parsed.entries.slice(0, ENTRIES_SHOWN_MAX).map(({ text }) => text),
      reason,
      ttlMs,
      ...(allowance !== undefined && { allowance }),
    });
    if (opened === 'full') return refused(refusals.TOO_MANY);
    if (opened.isNew) {
      this.events.publish(new ApprovalChanged('requested', opened.row.id));
      // After a restart nobody has had the time to come back: what waits already is waited for.
      if (!(await this.reach.isReachable(opened.row.id, opened.row.user_id)))
        await this.upkeep.withdraw(opened.row.id, 'unreachable');
    }
    return this.outcome(opened.row, context);
  }

  private async outcome({ id }: ApprovalRow, { run, signal }: ToolContext): Promise<ApprovalVerdict> {
    const end = await this.watch.decided(id, signal);
    if (end === 'aborted') {
      // Whether the run goes on elsewhere, and waits again, is known when it ends. A call by hand does not go on.
      if (run.signal.aborted && run.byHand !== true) this.upkeep.runAborted(run.runId);
      else await this.upkeep.withdraw(id, 'withdrawn');
      return refused(refusals.WITHDRAWN);
    }
    if (end === 'gone') return refused(refusals.WITHDRAWN);
    return end.state === 'approved' ? { allowed: true, approvalId: id } : refused(refusals.refusalOf(end));
  }
}

function placeOf({ tool, cwd = '', context }: CommandToApprove): Omit<AllowanceKey, 'entry'> {
  return { tool, cwd, place: context.sandbox ? 'sandbox' : 'host' };
}

function readableBy({ cwd = '.', context }: CommandToApprove): Readable {
  if (context.sandbox) return 'anything';
  return mayLeave(cwd, false) ? 'nothing' : 'own-directory';
}

function refused(message: string): ApprovalVerdict {
  return { allowed: false, message };
}
