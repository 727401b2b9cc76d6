import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LOADER = new URL('../../test/support/run-typescript.mjs', import.meta.url).href;
const START_LIMIT_MS = 30_000;
const LOGS_MAX_CHARS = 100_000;

/** A program that a measure compares with. Stops with `await using`. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** Where it listens, as it said itself. */
  readonly url: string;
  /** What it wrote, up to a limit. */
  readonly logs: string;
}

export interface Program {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Finds the address in what the program writes. */
  readonly ready: RegExp;
}

/** Starts a script of this folder; it says `listening on <url>` when it is ready. */
export function startScript(file: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return startProgram({ args: ['--import', LOADER, path], env, ready: /listening on (\S+)/ });
}

/** Starts a Node program and waits until it says where it listens. */
export async function startProgram({ args, env, ready }: Program): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { text: '' };
  const write = (chunk: Buffer): void => {
    if (written.text.length < LOGS_MAX_CHARS) written.text += chunk.toString();
  };
  child.stdout.on('data', write);
  child.stderr.on('data', write);
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
  };
  try {
    const url = await address(child, ready, written, args.join(' '));
    return {
      pid: child.pid ?? 0,
      url,
      get logs() {
        return written.text;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function address(
  child: ChildProcess,
  ready: RegExp,
  written: { readonly text: string },
  name: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`${name} ${what}:\n${written.text}`));
    const timer = setTimeout(() => fail('did not start in time'), START_LIMIT_MS);
    const look = (): void => {
      const found = ready.exec(written.text)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}
