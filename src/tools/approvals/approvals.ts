import { Injectable } from '@nestjs/common';
import type { ToolCallRef, ToolContext } from '#contracts';
import type { ParsedCommand } from '../shell/command-entry.js';

/** Longest that a call may wait for a person. The limit of a tool that asks must leave room for it. */
export const APPROVAL_WAIT_MAX_MS = 30 * 60_000;

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
  /**
   * Waits for a person where the configuration says so, until the call's signal aborts. A call that is made again
   * after a crash goes on waiting for the same decision, or uses it. Never rejects.
   */
  require(request: CommandToApprove): Promise<ApprovalVerdict> {
    return Promise.resolve({ allowed: false, message: `${request.tool} cannot ask for an approval yet.` });
  }

  /**
   * Takes an approval, right before the command is started. `false`: it was taken before, so the command may have run
   * already, and must not be started. Rejects when the database cannot be asked: then it must not be started either.
   */
  started(approvalId: string): Promise<boolean> {
    return Promise.resolve(approvalId === '');
  }

  /** Whether a call has asked and has not been started: for `Tool.isUntouched`. */
  isUntouched(call: ToolCallRef): Promise<boolean> {
    return Promise.resolve(call.runId === '');
  }
}
