import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { CommandError, type CommandEnd, type CommandRequest, type RunningCommand } from '#contracts';
import type { Clock } from '#kernel';
import type { Engine, StartedExec } from '../engine/engine.js';
import { FrameReader } from './frame-reader.js';
import { OutputBrake } from './output-brake.js';

/** How often the engine is asked whether a silent command still goes on. */
const POLL_MS = 1_000;
/** Output that comes after a command ended, through what it left behind. */
const LAST_OUTPUT_MS = 500;
/** Until the engine says that a command whose output ended has ended. */
const END_STATE_MS = 5_000;
const END_STATE_POLL_MS = 20;
/** Of a program that was killed. */
const SIGKILL_CODE = 137;

const OUT_OF_MEMORY =
  'It was killed from outside, most likely because it used more memory than the sandbox has. Try with less at once.';

const LOST =
  'The sandbox ended while the command ran, and with it what it started: the engine (Docker) stopped, or somebody ' +
  'removed the sandbox. What was written to the workspace is there. Try again.';

/** What a command needs of its sandbox. */
export interface CommandHome {
  readonly engine: Engine;
  readonly clock: Clock;
  /** From so many bytes on the output is taken more slowly. */
  readonly maxOutputBytes: number;
  /** Wall-clock limit. */
  readonly timeoutMs: number;
  /** Ends what it started. Resolves when nothing of it is left. Never rejects. */
  release(): Promise<void>;
}

/** A command in a container: a program that the engine started there. */
export class ContainerCommand implements RunningCommand {
  readonly ended: Promise<CommandEnd>;
  private readonly brake: OutputBrake;
  /** Why it was killed: an empty text where that needs no words. */
  private killedFor: string | undefined;
  private isOver = false;

  constructor(
    private readonly home: CommandHome,
    private readonly exec: StartedExec,
    private readonly request: CommandRequest,
  ) {
    this.brake = new OutputBrake(exec.stream, home.clock, home.maxOutputBytes);
    this.ended = this.follow();
  }

  async write(data: string | Uint8Array): Promise<void> {
    const { stream } = this.exec;
    if (this.isOver || stream.writableEnded || stream.destroyed) throw inputClosed();
    const taken = new Promise<void>((resolve, reject) => {
      stream.write(data, (error) => (error ? reject(inputClosed(error)) : resolve()));
    });
    const ended = this.ended.then(() => {
      throw inputClosed();
    });
    await Promise.race([taken, ended]);
  }

  endInput(): void {
    if (!this.exec.stream.writableEnded) this.exec.stream.end();
  }

  async kill(reason = ''): Promise<void> {
    this.killedFor ??= reason;
    this.brake.release();
    if (!this.isOver) await this.home.release();
    this.exec.stream.destroy();
    await this.ended;
  }

  private async follow(): Promise<CommandEnd> {
    const { signal } = this.request;
    const reader = new FrameReader((stream, chunk) => this.request.onOutput(stream, chunk));
    const onData = (chunk: Buffer): void => {
      reader.push(chunk);
      this.brake.took(chunk.length);
    };
    const onAbort = (): void => void this.kill();
    const { clock, timeoutMs } = this.home;
    const untimed = clock.after(timeoutMs, () => void this.kill(tooLong(timeoutMs)));
    const { stream } = this.exec;
    stream.on('error', () => undefined).on('data', onData);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const exitCode = await this.untilEnd(stream);
    this.isOver = true;
    untimed();
    signal.removeEventListener('abort', onAbort);
    this.brake.release();
    await this.home.release();
    stream.destroy();
    return this.endOf(exitCode);
  }

  /** Its exit code, when its output ended and the engine knows one. */
  private async untilEnd(stream: Duplex): Promise<number | undefined> {
    const closed = stream.closed ? Promise.resolve([]) : once(stream, 'close').catch(() => []);
    while (!(await this.within(closed, POLL_MS))) {
      // What a command leaves behind may hold its output open: the command is over nevertheless.
      const state = await Promise.race([this.state(), closed.then(() => undefined)]);
      if (state?.running !== false) continue;
      await this.within(closed, LAST_OUTPUT_MS);
      return state.exitCode;
    }
    return this.exitCode();
  }

  private async exitCode(): Promise<number | undefined> {
    const deadline = this.home.clock.monotonic() + END_STATE_MS;
    // Of what was killed nobody wants it, and an engine that hangs would be waited for.
    while (this.killedFor === undefined) {
      const state = await this.state();
      if (state?.running !== true) return state?.exitCode;
      if (this.home.clock.monotonic() > deadline) return undefined;
      await this.home.clock.wait(END_STATE_POLL_MS);
    }
    return undefined;
  }

  /** `undefined`: the engine, or the container, is gone. */
  private async state(): Promise<{ running: boolean; exitCode: number | undefined } | undefined> {
    try {
      return await this.home.engine.execState(this.exec.id);
    } catch {
      return undefined;
    }
  }

  private async within(work: Promise<unknown>, ms: number): Promise<boolean> {
    const over = new AbortController();
    const late = this.home.clock.wait(ms, over.signal).then(
      () => false,
      () => false,
    );
    const isDone = await Promise.race([work.then(() => true), late]);
    over.abort();
    return isDone;
  }

  private endOf(exitCode: number | undefined): CommandEnd {
    if (this.killedFor !== undefined)
      return { signal: 'SIGKILL', ...(this.killedFor !== '' && { reason: this.killedFor }) };
    if (exitCode === SIGKILL_CODE) return { exitCode, reason: OUT_OF_MEMORY };
    if (exitCode !== undefined) return { exitCode };
    return { signal: 'SIGKILL', reason: LOST };
  }
}

function tooLong(timeoutMs: number): string {
  return (
    `It was ended because it ran longer than the ${timeoutMs / 1_000} s that this sandbox gives a command. Do less at ` +
    'once, or ask the user for a higher sandbox.timeout_sec.'
  );
}

function inputClosed(cause?: unknown): CommandError {
  return new CommandError(
    'input-closed',
    'The command takes no more input: it ended, or its input was closed.',
    {
      cause,
    },
  );
}
