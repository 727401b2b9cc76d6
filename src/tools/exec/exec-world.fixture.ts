import { readdirSync, readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { ToolContext } from '#contracts';
import { SystemClock } from '#kernel';
import { HostProcesses } from '#processes';
import type { Sandboxes } from '#sandbox';
import { DatabaseConfig } from '#store';
import { configOf } from '../../../test/support/config.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { runContext, tempWorkspace, textOf, toolContext } from '../../../test/support/tools.js';
import type { ApprovalVerdict, Approvals, CommandToApprove } from '../approvals/approvals.js';
import { BackgroundCommands } from '../process/background-commands.js';
import { BackgroundRunner } from '../process/background-runner.js';
import { ProcessTool } from '../process/process.tool.js';
import { CommandPlaces } from './command-places.js';
import { CommandRunner } from './command-runner.js';
import { CommandStarter } from './command-starter.js';
import { ExecConfig } from './exec.config.js';
import { ExecTool } from './exec.tool.js';

/** What a call came to. */
export interface Outcome {
  readonly text: string;
  readonly isError: boolean;
}

export interface ExecWorldOptions {
  readonly exec?: object;
  readonly mode?: 'standalone' | 'managed';
  readonly approve?: (request: CommandToApprove) => ApprovalVerdict | Promise<ApprovalVerdict>;
  /** The time of background commands moves when told to. */
  readonly manual?: boolean;
  readonly sandbox?: Sandboxes['open'];
  readonly started?: (approvalId: string) => Promise<boolean>;
}

/** Everything that runs commands, on the real host, with approvals that a test decides. */
export async function execWorld(options: ExecWorldOptions = {}) {
  const space = await tempWorkspace();
  const config = configure(options);
  const clock = new SystemClock();
  const manual = new ManualClock();
  const asked: CommandToApprove[] = [];
  const sandboxes: Pick<Sandboxes, 'open'> = {
    open: options.sandbox ?? (() => Promise.reject(new Error('no sandbox in this test'))),
  };
  const approvals: Pick<Approvals, 'require' | 'started' | 'isUntouched'> = {
    require: (request) => {
      asked.push(request);
      return Promise.resolve(options.approve?.(request) ?? { allowed: true });
    },
    started: (id) => options.started?.(id) ?? Promise.resolve(true),
    isUntouched: () => Promise.resolve(false),
  };
  const processes = new HostProcesses(clock);
  const places = new CommandPlaces(sandboxes as Sandboxes, processes, config, clock);
  const starter = new CommandStarter(places, approvals as Approvals);
  const runner = new CommandRunner(starter, clock);
  const background = new BackgroundCommands(config, options.manual === true ? manual : clock);
  const exec = new ExecTool(
    runner,
    new BackgroundRunner(starter, background, clock),
    approvals as Approvals,
    config,
    places,
  );
  const processTool = new ProcessTool(background, clock);
  const contextOf = (overrides: Partial<ToolContext> = {}) => toolContext(space.workspace, overrides);
  await processes.onModuleInit();
  return {
    ...space,
    asked,
    /** Another `tools.exec` from now on. */
    reconfigure: (section: object) => config.adopt(configure({ ...options, exec: section })),
    background,
    clock: manual,
    processes,
    runner,
    exec: (args: Record<string, unknown>, context: Partial<ToolContext> = {}) =>
      outcome(exec.execute(args, contextOf(context))),
    run: (command: string, context: Partial<ToolContext> = {}) =>
      outcome(exec.execute({ command }, contextOf(context))),
    process: (args: Record<string, unknown>, context: Partial<ToolContext> = {}) =>
      outcome(processTool.execute(args, contextOf(context))),
    contextOf,
    realRoot: () => realpath(space.workspace.root),
    async close(): Promise<void> {
      await background.onApplicationShutdown();
      await processes.onApplicationShutdown();
      await space.remove();
    },
  };
}

export type ExecWorld = Awaited<ReturnType<typeof execWorld>>;

function configure({ exec = {}, mode = 'standalone' }: ExecWorldOptions) {
  return configOf([ExecConfig, DatabaseConfig], { tools: { exec }, database: { mode } });
}

async function outcome(result: ReturnType<ExecTool['execute']>): Promise<Outcome> {
  const { isError } = await result;
  return { text: textOf(await result), isError };
}

/** The context of another user's run. */
export function strangerContext(userId: string): Partial<ToolContext> {
  const run = runContext();
  return { run: { ...run, caller: { ...run.caller, userId } } };
}

/** Processes whose command line begins with a text: whoever is still there. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).startsWith(text))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
