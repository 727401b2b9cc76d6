import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { ownEnvironment } from '#config';
import type { Clock } from '#kernel';
import { type HostProcesses, MARK_VARIABLE, type ProcessFamily, watchUntilDeath } from '#processes';
import { McpError } from '../mcp.errors.js';
import { MESSAGE_MAX_BYTES } from '../mcp.limits.js';
import type { StdioAddress } from '../server/server-terms.js';
import { tooLarge } from './bounded-body.js';
import { LineReader } from './line-reader.js';
import { UnaskedLimit } from './unasked-limit.js';

/** What a program needs to find others; never the gateway's own environment, which holds its secrets. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL'];
const PROGRAM_MISSING =
  'its program is not on the gateway’s PATH. An admin can install it, or correct its command.';
const STDERR_KEPT_CHARS = 2_000;
/** How long a server may take to end, once its input has and once it was told to; and what it said last, to come. */
const END_GRACE_MS = 500;
const SEND_QUEUE_MAX_BYTES = 16 * 1024 * 1024;

type Parse = (line: string) => JSONRPCMessage;

/**
 * Speaks to a program by its standard input and output. The program ends with the connection, and so does everything that
 * it has started, also in sessions of their own.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];

  private child: ChildProcessWithoutNullStreams | undefined;
  private family: ProcessFamily | undefined;
  private stopWatching: (() => void) | undefined;
  private closing: Promise<void> | undefined;
  private stderr = '';
  private broken: McpError | undefined;
  private readonly noise: UnaskedLimit;

  /** @param parse a line as a message; throws for what is none */
  constructor(
    private readonly name: string,
    private readonly address: StdioAddress,
    private readonly parse: Parse,
    private readonly processes: HostProcesses,
    clock: Clock,
  ) {
    this.noise = new UnaskedLimit(clock);
  }

  /** The end of what the program wrote to its standard error, without the secrets that it was given. */
  get lastWords(): string {
    const secrets = Object.values(this.address.env).filter((value) => value.length > 3);
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), this.stderr.trim());
  }

  /** Why it was ended from here. */
  get problem(): McpError | undefined {
    return this.broken;
  }

  /** @throws McpError when the program cannot be started */
  async start(): Promise<void> {
    const { command, args, env } = this.address;
    const mark = this.processes.newMark();
    const child = spawn(command, args, {
      env: { ...minimalEnvironment(), ...env, [MARK_VARIABLE]: mark },
      cwd: tmpdir(),
      stdio: 'pipe',
      detached: true,
    });
    this.child = child;
    if (child.pid !== undefined) {
      this.family = this.processes.add(child.pid, mark);
      this.stopWatching = watchUntilDeath(child.pid, mark);
    }
    // Who it started may hold its output open for ever: so its end counts, not that of its output.
    child.once('exit', () => void this.drain(child));
    child.stdin.on('error', (error) => this.onerror?.(error));
    child.stderr.on('data', (chunk: Buffer) => this.keepStderr(chunk));
    this.readFrom(child);
    try {
      await once(child, 'spawn');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const why = code === 'ENOENT' ? `: ${PROGRAM_MISSING}` : ` (${code}).`;
      throw new McpError('unreachable', `The MCP server ${this.name} cannot be started${why}`, {
        cause: error,
      });
    }
    child.on('error', (error) => this.onerror?.(error));
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { child } = this;
    if (!child || this.closing || hasEnded(child))
      throw new McpError('not-sent', `The MCP server ${this.name} has ended.`);
    if (child.stdin.writableLength > SEND_QUEUE_MAX_BYTES)
      throw new McpError('not-sent', `The MCP server ${this.name} does not read what it is sent.`);
    child.stdin.write(`${JSON.stringify(message)}\n`);
    await Promise.resolve();
  }

  /** Resolves when nothing of it is left. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const { child, family } = this;
    if (child && family) {
      child.stdin.end();
      if (!hasEnded(child)) await within(once(child, 'exit'));
      if (!hasEnded(child) && endGroup(child, 'SIGTERM')) await within(once(child, 'exit'));
      // Also when it has ended itself: what it started may be left.
      await this.processes.end(family);
      child.stdout.destroy();
      child.stderr.destroy();
      if (!hasEnded(child)) await within(once(child, 'exit'));
    }
    this.stopWatching?.();
    this.onclose?.();
  }

  private async drain(child: ChildProcessWithoutNullStreams): Promise<void> {
    await within(once(child, 'close'));
    await this.close();
  }

  private readFrom(child: ChildProcessWithoutNullStreams): void {
    const lines = new LineReader(MESSAGE_MAX_BYTES);
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const line of lines.take(chunk)) this.receive(line);
      } catch (error) {
        child.stdout.destroy();
        if (!hasEnded(child)) endGroup(child, 'SIGKILL');
        if (error instanceof RangeError) this.broken = tooLarge(this.name);
        if (error instanceof McpError) this.broken = error;
        void this.close();
      }
    });
  }

  /**
   * Programs print greetings where only messages belong: what is no message is passed over.
   * @throws McpError when there is no end of it
   */
  private receive(line: string): void {
    let message: JSONRPCMessage;
    try {
      message = this.parse(line);
    } catch {
      if (this.noise.admits()) return;
      throw new McpError(
        'limit',
        `The MCP server ${this.name} prints without end what is no message; it was ended. Only messages belong on its standard output.`,
      );
    }
    this.onmessage?.(message);
  }

  private keepStderr(chunk: Buffer): void {
    this.stderr = (this.stderr + chunk.toString('utf8')).slice(-STDERR_KEPT_CHARS);
  }
}

/** Until it has, its id, and that of the group it leads, is nobody else's. */
function hasEnded({ exitCode, signalCode }: ChildProcessWithoutNullStreams): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Returns whether somebody was there. */
function endGroup({ pid }: ChildProcessWithoutNullStreams, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
    return false;
  }
}

function minimalEnvironment(): Record<string, string> {
  const own = ownEnvironment();
  const found = INHERITED.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Whether it came in time; that it came with an error is an end, too. */
async function within(ended: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), END_GRACE_MS);
  try {
    return await Promise.race([
      ended.then(
        () => true,
        () => true,
      ),
      late.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
