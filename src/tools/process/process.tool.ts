import { Injectable } from '@nestjs/common';
import {
  CommandError,
  DefineTool,
  errorResult,
  textResult,
  type Tool,
  type ToolContext,
  type ToolResult,
} from '#contracts';
import { Clock } from '#kernel';
import { flagArgument, numberArgument, optionalText, textArgument } from '../fs/arguments.js';
import type { BackgroundCommand } from './background-command.js';
import { BackgroundCommands } from './background-commands.js';
import { ownerOfBackground } from './background-owner.js';
import { endText, outputReport, statusLine } from './process-report.js';

const ACTIONS = ['list', 'poll', 'log', 'write', 'kill'] as const;
const WAIT_MAX_MS = 120_000;
const LINES_DEFAULT = 200;
const LINES_MAX = 5_000;
const DATA_MAX_CHARS = 64 * 1024;
/** A command that does not read keeps a write no longer than this. */
const WRITE_MAX_MS = 2_000;

@Injectable()
@DefineTool({
  name: 'process',
  description:
    'Look after the background commands of this conversation that exec has started. list: all of them; poll: what one has printed ' +
    'since the last time, waiting up to wait_ms for more; log: its last lines; write: to its standard input; kill: end it.',
  parameters: {
    type: 'object',
    properties: {
      action: { type: 'string', enum: [...ACTIONS] },
      process_id: {
        type: 'string',
        description: 'As exec and list name it, such as p1; for every action but list',
      },
      wait_ms: {
        type: 'integer',
        minimum: 0,
        maximum: WAIT_MAX_MS,
        description: 'poll: longest to wait for output or the end (default: 0)',
      },
      lines: {
        type: 'integer',
        minimum: 1,
        maximum: LINES_MAX,
        description: 'log: how many of the last lines (default: 200)',
      },
      data: {
        type: 'string',
        maxLength: DATA_MAX_CHARS,
        description: 'write: what to write; give a line break to end a line',
      },
      eof: { type: 'boolean', description: 'write: nothing more will come (default: false)' },
    },
    required: ['action'],
    additionalProperties: false,
  },
  groups: ['runtime'],
  repeatable: false,
  timeoutMs: WAIT_MAX_MS + 30_000,
})
export class ProcessTool implements Tool {
  constructor(
    private readonly commands: BackgroundCommands,
    private readonly clock: Clock,
  ) {}

  async execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const action = textArgument(args, 'action');
    const owner = ownerOfBackground(context.run);
    if (action === 'list') {
      const lines = this.commands.list(owner).map((entry) => statusLine(entry, this.clock.now()));
      return textResult(
        lines.length > 0
          ? lines.join('\n')
          : 'No background commands. exec with background: true starts one.',
      );
    }
    const id = optionalText(args, 'process_id') ?? '';
    const entry = this.commands.find(owner, id);
    if (!entry) return errorResult(unknownProcess(id, this.commands.list(owner)));
    switch (action) {
      case 'poll':
        return this.poll(entry, numberArgument(args, 'wait_ms') ?? 0, context.signal);
      case 'log':
        return textResult(logOf(entry, numberArgument(args, 'lines') ?? LINES_DEFAULT));
      case 'write':
        return this.write(entry, optionalText(args, 'data') ?? '', flagArgument(args, 'eof'));
      default:
        return kill(entry);
    }
  }

  private async poll(entry: BackgroundCommand, waitMs: number, signal: AbortSignal): Promise<ToolResult> {
    await this.untilNews(entry, waitMs, signal);
    const text = outputReport(entry.takeNew()).trimEnd();
    return textResult(`${text === '' ? '(no new output)' : text}\n\n${entry.id}: ${endText(entry)}`);
  }

  private async untilNews(entry: BackgroundCommand, waitMs: number, signal: AbortSignal): Promise<void> {
    if (entry.output.end > entry.told || waitMs === 0 || !entry.process) return;
    const stop = new AbortController();
    const limit = AbortSignal.any([stop.signal, signal]);
    const news = entry.output.grown();
    await Promise.race([news, entry.process.ended, this.clock.wait(waitMs, limit).catch(() => undefined)]);
    stop.abort();
  }

  private async write(entry: BackgroundCommand, data: string, eof: boolean): Promise<ToolResult> {
    const running = entry.process;
    if (!running) return errorResult(`${entry.id} has ended: ${endText(entry)}. It takes no more input.`);
    try {
      const taken = data === '' ? true : await this.isTaken(running.write(data));
      if (eof) running.endInput();
      const note = taken
        ? `${data.length} characters written`
        : 'written, but the command does not read its input yet';
      return textResult(`${note}${eof ? ', and its input is at its end' : ''}. poll shows what it answers.`);
    } catch (error) {
      if (error instanceof CommandError) return errorResult(error.message);
      throw error;
    }
  }

  private async isTaken(write: Promise<void>): Promise<boolean> {
    const stop = new AbortController();
    const late = this.clock.wait(WRITE_MAX_MS, stop.signal).then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([write.then(() => true), late]);
    } finally {
      stop.abort();
      write.catch(() => undefined);
    }
  }
}

async function kill(entry: BackgroundCommand): Promise<ToolResult> {
  if (entry.end) return textResult(`${entry.id} has ended already: ${endText(entry)}`);
  await entry.kill();
  return textResult(`${entry.id} was ended, with everything that it had started.`);
}

function logOf(entry: BackgroundCommand, lines: number): string {
  const { text, missing } = entry.output.since(0);
  const all = text.trimEnd().split('\n');
  const last = all.slice(-lines).join('\n');
  const left = missing + (all.length > lines ? text.trimEnd().length - last.length : 0);
  const report = outputReport({ text: last, missing: left });
  return `${report === '' ? '(no output yet)' : report}\n\n${entry.id}: ${endText(entry)}`;
}

function unknownProcess(id: string, known: readonly BackgroundCommand[]): string {
  const what =
    id === ''
      ? 'process_id is missing'
      : `There is no process ${JSON.stringify(id.slice(0, 40))} in this conversation`;
  const ids = known.map((entry) => entry.id).join(', ');
  return ids === ''
    ? `${what}. No background command runs here; one may have ended with the gateway, or run on another replica. Start it again with exec.`
    : `${what}. There are: ${ids}.`;
}
