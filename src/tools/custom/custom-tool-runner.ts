import { Injectable, Logger } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import {
  errorResult,
  type OfferedTool,
  type Tool,
  type ToolCallRef,
  type ToolContext,
  type ToolResult,
  type ToolSpec,
} from '#contracts';
import { SealedFields } from '#permissions';
import type { CustomToolRow } from '#store';
import { APPROVAL_WAIT_MAX_MS, Approvals } from '../approvals/approvals.js';
import { CommandPlaces } from '../exec/command-places.js';
import { CommandRunner } from '../exec/command-runner.js';
import { CUSTOM_GROUP } from '../policy/tool-groups.js';
import { renderCommand } from './render-command.js';
import { SecretMask } from './secret-mask.js';

/** Beyond the command's own limit: it is to end by that one, with what it printed. */
const TIMEOUT_MARGIN_MS = 5_000;

type Variables = Readonly<Record<string, string>>;

/** Gives the row as it is now; `undefined` when the tool is no longer there for the agent. */
export type CurrentRow = (agentId: string) => Promise<CustomToolRow | undefined>;

/** Runs the commands of custom tools: through everything that a command of `exec` goes through. */
@Injectable()
export class CustomToolRunner {
  private readonly logger = new Logger('CustomTools');

  constructor(
    private readonly commands: CommandRunner,
    private readonly approvals: Approvals,
    private readonly sealed: SealedFields,
    private readonly places: CommandPlaces,
  ) {}

  /** A row as a tool. */
  offered(row: CustomToolRow, current: CurrentRow): OfferedTool {
    const tool: Tool = {
      execute: async (args, context) => {
        const now = await current(context.run.agent.id);
        const refusal = refusalOf(row, now);
        return now && refusal === undefined ? this.run(now, args, context) : errorResult(refusal ?? '');
      },
      isUntouched: (call: ToolCallRef) => this.approvals.isUntouched(call),
      problem: (place) => this.places.refusal(place),
    };
    return { spec: specOf(row), tool, source: 'custom' };
  }

  private async run(
    row: CustomToolRow,
    args: Readonly<Record<string, unknown>>,
    context: ToolContext,
  ): Promise<ToolResult> {
    const { name: tool, working_dir: cwd, timeout_seconds } = row;
    const rendered = renderCommand(row.command, row.parameters, args);
    if ('problem' in rendered) return errorResult(rendered.problem);
    const env = this.variablesOf(row);
    if (!env)
      return errorResult(
        `${tool} cannot run: its variables were sealed with another encryption key. An admin must set them again.`,
      );
    const mask = new SecretMask(Object.values(env));
    const shown = mask.stream((text) => context.show(text));
    const command = {
      tool,
      command: rendered.command,
      env,
      timeoutMs: timeout_seconds * 1_000,
      ...(cwd !== '' && { cwd }),
    };
    const result = await this.commands.run(command, { ...context, show: (text) => shown.write(text) });
    shown.end();
    return masked(result, mask);
  }

  private variablesOf({ name, env }: CustomToolRow): Variables | undefined {
    if (env === null) return {};
    try {
      return this.sealed.openMap(env);
    } catch (error) {
      this.logger.error(`the variables of the custom tool ${name} cannot be opened: ${String(error)}`);
      return undefined;
    }
  }
}

function specOf({ name, description, parameters, timeout_seconds }: CustomToolRow): ToolSpec {
  return {
    name,
    description,
    parameters: { type: 'object', properties: {}, ...parameters },
    groups: [CUSTOM_GROUP],
    repeatable: false,
    timeoutMs: timeout_seconds * 1_000 + APPROVAL_WAIT_MAX_MS + TIMEOUT_MARGIN_MS,
  };
}

/** A run keeps the tool that it was shown; what stands behind it is what admins say now. */
function refusalOf(shown: CustomToolRow, now: CustomToolRow | undefined): string | undefined {
  const { name } = shown;
  if (!now) return `${name} was withdrawn by an admin. Go on without it, or tell the user.`;
  if (now.name === name && isDeepStrictEqual(now.parameters, shown.parameters)) return undefined;
  return `The arguments of ${name} were changed by an admin while you worked. Tell the user; in the next message you have it as it is now.`;
}

function masked({ content, forUser, ...rest }: ToolResult, mask: SecretMask): ToolResult {
  return {
    ...rest,
    content: content.map((part) => (part.type === 'text' ? { ...part, text: mask.text(part.text) } : part)),
    ...(forUser !== undefined && { forUser: mask.text(forUser) }),
  };
}
