import {
  DefineTool,
  errorResult,
  textResult,
  type Tool,
  type ToolCallRef,
  type ToolContext,
  type ToolResult,
} from '#contracts';
import { Approvals } from '#tools';
import { APPROVAL_WAIT_MAX_MS } from '../../src/tools/approvals/approvals.js';
import { parseCommand } from '../../src/tools/shell/parse-command.js';
import type { AgentApp } from './agent-app.js';

/** A tool that asks before it starts a command, and then notes it instead of running it. */
@DefineTool({
  name: 'run',
  description: 'For a test.',
  parameters: { type: 'object', properties: { command: { type: 'string' }, cwd: { type: 'string' } } },
  groups: [],
  repeatable: false,
  timeoutMs: APPROVAL_WAIT_MAX_MS,
})
export class ApprovedCommand implements Tool {
  private readonly ready = Promise.withResolvers<Approvals>();
  /** What the next command does once it was started. */
  private nextEnd: Promise<void> = Promise.resolve();

  /** `started`: every command that was, also by earlier ones of its kind. */
  constructor(readonly started: string[]) {}

  attach(app: Pick<AgentApp, 'get'>): void {
    this.ready.resolve(app.get(Approvals, { strict: false }));
  }

  /** The next command goes on for ever. */
  hangNext(): void {
    this.nextEnd = new Promise(() => undefined);
  }

  async execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const approvals = await this.ready.promise;
    const command = String(args['command']);
    const cwd = args['cwd'];
    const verdict = await approvals.require({
      tool: 'run',
      command,
      parsed: await parseCommand(command),
      context,
      ...(typeof cwd === 'string' && { cwd }),
    });
    if (!verdict.allowed) return errorResult(verdict.message);
    if (verdict.approvalId !== undefined && !(await approvals.started(verdict.approvalId)))
      return errorResult('It was started before.');
    this.started.push(command);
    const end = this.nextEnd;
    this.nextEnd = Promise.resolve();
    await end;
    return textResult(`ran ${command}`);
  }

  async isUntouched(call: ToolCallRef): Promise<boolean> {
    return (await this.ready.promise).isUntouched(call);
  }
}
