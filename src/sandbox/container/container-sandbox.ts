import {
  CommandError,
  type CommandRequest,
  type RunningCommand,
  type Sandbox,
  SANDBOX_WORKSPACE,
  type SandboxFiles,
} from '#contracts';
import { type Clock, newId } from '#kernel';
import type { Duplex } from 'node:stream';
import type { Engine, StartedExec } from '../engine/engine.js';
import { ContainerFiles } from '../files/container-files.js';
import { ContainerCommand } from './container-command.js';
import { COMMAND_MARK, sweepProcesses } from './process-sweep.js';

/** Commands at once in one sandbox, background ones included. */
export const COMMANDS_MAX = 32;
const START_POLL_MS = 20;
const START_TRIES_MAX = 50;

export interface ContainerSandboxParts {
  readonly engine: Engine;
  readonly clock: Clock;
  /** The container, started. */
  readonly container: string;
  /** Its standard input: the container ends with it. */
  readonly life: Duplex;
  readonly maxOutputBytes: number;
  readonly timeoutMs: number;
}

/** An open command: from before it is started until nothing of it is left. */
interface OpenCommand {
  readonly started: Promise<StartedExec | undefined>;
  command?: ContainerCommand;
}

/** A container and the commands in it. */
export class ContainerSandbox implements Sandbox {
  readonly kind = 'sandbox';
  readonly root = SANDBOX_WORKSPACE;
  readonly id: string;
  readonly files: SandboxFiles;
  readonly madeAt: number;
  /** Resolves when there is no such container any more. */
  readonly gone: Promise<void>;
  private readonly open = new Map<string, OpenCommand>();
  private sweeping: Promise<void> = Promise.resolve();
  private usedAt: number;
  private isLost = false;
  private closing: Promise<void> | undefined;

  constructor(private readonly parts: ContainerSandboxParts) {
    const { clock, container, life } = parts;
    this.id = container;
    this.madeAt = clock.monotonic();
    this.usedAt = this.madeAt;
    this.files = new ContainerFiles(this);
    this.gone = new Promise((resolve) => {
      life
        .on('error', () => undefined)
        .on('close', () => {
          this.isLost = true;
          resolve();
        });
      life.resume();
    });
  }

  /** `false`: its container ended, or is about to. */
  get isThere(): boolean {
    return !this.isLost && this.closing === undefined;
  }

  get isBusy(): boolean {
    return this.open.size > 0;
  }

  /** Since when nobody used it, by the monotonic clock. */
  get idleSince(): number {
    return this.isBusy ? this.parts.clock.monotonic() : this.usedAt;
  }

  /** Somebody asked for it. */
  touch(): void {
    this.usedAt = this.parts.clock.monotonic();
  }

  async start(request: CommandRequest): Promise<RunningCommand> {
    await this.untilSwept(request.signal);
    if (!this.isThere) throw gone();
    if (this.open.size >= COMMANDS_MAX)
      throw new CommandError(
        'limit',
        `${COMMANDS_MAX} commands are open in this sandbox; wait for one, or end one with the process tool.`,
      );
    this.touch();
    const id = newId();
    const started = this.exec(id, request);
    const entry: OpenCommand = { started: started.catch(() => undefined) };
    this.open.set(id, entry);
    try {
      entry.command = this.command(id, request, await started);
      return entry.command;
    } catch (error) {
      this.open.delete(id);
      throw this.isLost ? gone(error) : error;
    }
  }

  /** Kills all commands; `reason` tells the model why. */
  async killAll(reason: string): Promise<void> {
    const commands = [...this.open.values()].flatMap(({ command }) => command ?? []);
    await Promise.all(commands.map((command) => command.kill(reason)));
  }

  /** Ends the container and all that runs in it. Idempotent. Never rejects: what remains is removed later. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    this.parts.life.end();
    try {
      await this.parts.engine.remove(this.id);
    } catch {
      // The engine is gone; the container ends with its input.
    }
    this.parts.life.destroy();
    await this.gone;
  }

  private exec(id: string, { argv, cwd, env }: CommandRequest): Promise<StartedExec> {
    return this.parts.engine.exec(this.id, {
      argv,
      cwd: cwd ?? this.root,
      env: { ...env, [COMMAND_MARK]: id },
    });
  }

  private command(id: string, request: CommandRequest, exec: StartedExec): ContainerCommand {
    const { engine, clock, maxOutputBytes, timeoutMs } = this.parts;
    const release = (): Promise<void> => this.release(id);
    return new ContainerCommand({ engine, clock, maxOutputBytes, timeoutMs, release }, exec, request);
  }

  /** The command is over: nothing of it may be left. What cannot be killed ends with its container. */
  private release(id: string): Promise<void> {
    if (!this.open.delete(id)) return this.sweeping;
    this.touch();
    this.sweeping = this.sweeping.then(() => this.sweep());
    return this.sweeping;
  }

  private async sweep(): Promise<void> {
    if (!this.isThere) return;
    try {
      const { engine, clock } = this.parts;
      // A program that is about to start does not bear its mark yet.
      await Promise.all([...this.open.values()].map(({ started }) => untilStarted(engine, clock, started)));
      await sweepProcesses(engine, this.id, [...this.open.keys()]);
    } catch {
      await this.close();
    }
  }

  /** A sweep without open commands kills everything: nothing starts meanwhile. @throws CommandError when aborted */
  private async untilSwept(signal: AbortSignal): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.sweeping;) {
      seen = this.sweeping;
      await seen;
    }
    if (signal.aborted) throw new CommandError('failed', 'It was stopped before it began.');
  }
}

/** The engine answers before the program runs. */
async function untilStarted(
  engine: Engine,
  clock: Clock,
  started: Promise<StartedExec | undefined>,
): Promise<void> {
  const exec = await started;
  if (!exec) return;
  for (let tries = 0; tries < START_TRIES_MAX; tries += 1) {
    const { running, exitCode } = await engine.execState(exec.id);
    if (running || exitCode !== undefined) return;
    await clock.wait(START_POLL_MS);
  }
}

function gone(cause?: unknown): CommandError {
  return new CommandError('unavailable', 'The sandbox ended at this moment; try again.', { cause });
}
