import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { CommandError, type CommandEnd, type CommandRequest, type RunningCommand } from '#contracts';
import type { Clock } from '#kernel';
import type { HostProcesses, ProcessFamily } from '#processes';
import { DRAIN_MS, INPUT_PENDING_MAX_BYTES, OUTPUT_MAX_BYTES } from '../exec.limits.js';
import { Pacer } from './pacer.js';

/** What a command and everything that it started may take of the machine. */
export interface HostLimits {
  readonly memoryMaxMb: number;
  readonly processesMax: number;
}

const PAGE_BYTES = 4_096;
const MB = 1024 * 1024;

/** A command that runs on this host. When its shell ends, so does everything that it has started. */
export class HostCommand implements RunningCommand {
  readonly ended: Promise<CommandEnd>;
  private readonly family: ProcessFamily;
  private readonly pacer: Pacer;
  private killing: Promise<number> | undefined;
  private reason: string | undefined;
  private bytes = 0;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    pid: number,
    mark: string,
    private readonly request: CommandRequest,
    private readonly limits: HostLimits,
    private readonly processes: HostProcesses,
    private readonly clock: Clock,
  ) {
    this.family = processes.add(pid, mark, (family) => this.check(family));
    this.pacer = new Pacer(clock, [child.stdout, child.stderr]);
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (chunk: Buffer) => this.take(stream, chunk));
      child[stream].on('error', () => undefined);
    }
    // A command that does not read ends its input: a write then fails with EPIPE, which its caller is told.
    child.stdin.on('error', () => undefined);
    this.ended = this.untilEnd();
  }

  write(data: string | Uint8Array): Promise<void> {
    const { stdin } = this.child;
    if (!stdin.writable) return Promise.reject(inputClosed());
    if (stdin.writableLength + data.length > INPUT_PENDING_MAX_BYTES) {
      const text =
        'The command does not read its input: what was written before still waits. Write less, or kill it.';
      return Promise.reject(new CommandError('limit', text));
    }
    return new Promise((resolve, reject) => {
      stdin.write(data, (error) => (error ? reject(inputClosed(error)) : resolve()));
    });
  }

  endInput(): void {
    this.child.stdin.end();
  }

  async kill(): Promise<void> {
    this.killing ??= this.processes.end(this.family);
    await this.killing;
  }

  private async untilEnd(): Promise<CommandEnd> {
    const { signal } = this.request;
    const onAbort = (): void => void this.kill();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const exit = Promise.withResolvers<{ code: number | null; signal: string | null }>();
    const closed = Promise.withResolvers<void>();
    this.child.on('exit', (code, name) => exit.resolve({ code, signal: name }));
    this.child.on('close', () => closed.resolve());
    const { code, signal: killedBy } = await exit.promise;
    signal.removeEventListener('abort', onAbort);
    const wasKilled = this.killing !== undefined;
    const left = await (this.killing ??= this.processes.end(this.family));
    if (!wasKilled && left > 0) this.reason = leftBehind(left);
    await Promise.race([closed.promise, this.clock.wait(DRAIN_MS)]);
    this.pacer.stop();
    for (const stream of [this.child.stdout, this.child.stderr, this.child.stdin]) stream.destroy();
    return {
      ...(code !== null && { exitCode: code }),
      ...(killedBy !== null && { signal: killedBy }),
      ...(this.reason !== undefined && { reason: this.reason }),
    };
  }

  private take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > OUTPUT_MAX_BYTES) {
      this.stop(
        `It was ended because it printed more than ${OUTPUT_MAX_BYTES / MB} MB. Write to a file, or print less.`,
      );
      return;
    }
    this.pacer.count(chunk.length);
    this.request.onOutput(stream, chunk);
  }

  private check({ members, memoryPages }: ProcessFamily): void {
    const { memoryMaxMb, processesMax } = this.limits;
    if (members.length > processesMax) {
      this.stop(`It was ended because it had more than ${processesMax} processes. Start fewer at a time.`);
    } else if ((memoryPages * PAGE_BYTES) / MB > memoryMaxMb) {
      this.stop(
        `It was ended because it took more than ${memoryMaxMb} MB of memory. Work on less at a time.`,
      );
    }
  }

  private stop(reason: string): void {
    this.reason ??= reason;
    void this.kill();
  }
}

function inputClosed(cause?: unknown): CommandError {
  return new CommandError('input-closed', 'The command takes no more input: it has closed it or ended.', {
    cause,
  });
}

function leftBehind(count: number): string {
  const what =
    count === 1 ? 'A process that it left running was' : `${count} processes that it left running were`;
  return `${what} ended with it. To keep a command running, call exec with background: true.`;
}
