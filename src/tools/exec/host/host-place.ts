import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandError, type CommandPlace, type CommandRequest, type RunningCommand } from '#contracts';
import type { Clock } from '#kernel';
import { type HostProcesses, MARK_VARIABLE } from '#processes';
import { HostCommand, type HostLimits } from './host-command.js';

/** What holds for every command of a place. */
export interface HostTerms extends HostLimits {
  /** The workspace. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly fileMaxMb: number;
}

/** `ulimit` counts blocks of 512 bytes, as the standard says. */
const BLOCKS_PER_MB = 2_048;

/** The gateway's own machine. No wall stands around it: limits keep accidents small, the sandbox is for strangers. */
export class HostPlace implements CommandPlace {
  readonly kind = 'host';
  readonly root: string;

  constructor(
    private readonly terms: HostTerms,
    private readonly processes: HostProcesses,
    private readonly clock: Clock,
  ) {
    this.root = terms.root;
  }

  async start(request: CommandRequest): Promise<RunningCommand> {
    const { environment, fileMaxMb, root } = this.terms;
    await this.processes.starts.take();
    request.signal.throwIfAborted();
    const mark = this.processes.newMark();
    const limits = `ulimit -c 0; ulimit -f ${fileMaxMb * BLOCKS_PER_MB}`;
    const child = spawn('/bin/sh', ['-c', `{ ${limits}; } 2>/dev/null; exec "$@"`, 'sh', ...request.argv], {
      cwd: request.cwd ?? root,
      // A session of its own: no terminal to read from, and a group that can be ended as one.
      detached: true,
      stdio: 'pipe',
      env: { ...environment, ...request.env, [MARK_VARIABLE]: mark },
    });
    const failed = once(child, 'error').then(([error]: unknown[]) => error);
    if (child.pid === undefined) throw cannotStart(await failed);
    failed.catch(() => undefined);
    return new HostCommand(child, child.pid, mark, request, this.terms, this.processes, this.clock);
  }
}

function cannotStart(cause: unknown): CommandError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  return new CommandError(
    'failed',
    `The command could not be started (${why}). Check the working directory, or try again later.`,
    {
      cause,
    },
  );
}
