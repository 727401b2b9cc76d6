import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

const PROGRAM = 'dist/src/main.js';

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 30_000;

export interface CliOptions {
  /** Added to an environment without anything of this machine's own GoClaw. */
  readonly env?: Record<string, string>;
  /** Written to the standard input, which then ends; absent: it ends at once. */
  readonly input?: string;
}

export interface FinishedCli {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still going. */
export interface RunningCli {
  readonly stdout: string;
  readonly stderr: string;
  readonly done: Promise<FinishedCli>;
  /** Writes a line to the standard input. */
  type(line: string): void;
  endInput(): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves when both outputs together match. */
  until(pattern: RegExp): Promise<void>;
}

/** Runs the built program to its end, without a terminal. */
export function runCli(
  args: readonly string[],
  { input = '', env = {} }: CliOptions = {},
): Promise<FinishedCli> {
  const { child, running } = launch(args, env);
  child.stdin.end(input);
  return running.done;
}

/** Starts the built program, without a terminal; its standard input stays open. */
export function startCli(args: readonly string[], { env = {} }: CliOptions = {}): RunningCli {
  return launch(args, env).running;
}

function launch(
  args: readonly string[],
  env: Record<string, string>,
): { child: ChildProcessWithoutNullStreams; running: RunningCli } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...foreignEnv(), ...env } });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (written[name] += text));
  // The program may end before it has read everything.
  child.stdin.on('error', () => undefined);
  const done = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }));
  const running: RunningCli = {
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    done,
    type: (line) => void child.stdin.write(`${line}\n`),
    endInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    until: (pattern) => untilWritten(child, () => written.stdout + written.stderr, pattern),
  };
  return { child, running };
}

function foreignEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GOCLAW_')));
}

async function untilWritten(
  child: ChildProcessWithoutNullStreams,
  written: () => string,
  pattern: RegExp,
): Promise<void> {
  const signal = AbortSignal.timeout(WAIT_LIMIT_MS);
  const ended = once(child, 'close').then(() => true);
  while (!pattern.test(written())) {
    const more = ['stdout', 'stderr'] as const;
    const events = more.map((name) => once(child[name], 'data', { signal }).then(() => false));
    // A rejected wait that lost the race is of no interest.
    for (const event of events) event.catch(() => undefined);
    const isOver = await Promise.race([...events, ended]).catch(() => true);
    if (isOver && !pattern.test(written()))
      throw new Error(`The program never wrote ${pattern}. It wrote:\n${written()}`);
  }
}
