import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';

/** The reference server of the protocol, as a program. */
export const EVERYTHING = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);

/** How it is started over standard input and output. */
export const EVERYTHING_STDIO = { command: process.execPath, args: [EVERYTHING, 'stdio'] };

/** The same as a program that starts two others, in sessions of their own, with this mark in their command lines. */
export function leavingStdio(mark: string): { readonly command: string; readonly args: readonly string[] } {
  const file = fileURLToPath(new URL('leaving-server.mjs', import.meta.url));
  return { command: process.execPath, args: [file, mark, EVERYTHING] };
}

export interface EverythingServer extends AsyncDisposable {
  readonly url: string;
  /** SIGKILL; returns when it is gone. */
  kill(): Promise<void>;
  /** At the same address again. */
  restart(): Promise<void>;
}

/** Starts the reference server on a port of its own. */
export async function startEverything(transport: 'sse' | 'streamable-http'): Promise<EverythingServer> {
  const port = await freePort();
  const mode = transport === 'sse' ? 'sse' : 'streamableHttp';
  let child = await launch(mode, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    kill,
    restart: async () => {
      await kill();
      child = await launch(mode, port);
    },
    [Symbol.asyncDispose]: kill,
  };
}

async function launch(mode: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [EVERYTHING, mode], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  const ready = Promise.withResolvers<void>();
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    if (text.includes(`port ${port}`)) ready.resolve();
  });
  child.once('exit', () => ready.reject(new Error(`the reference server did not start: ${text}`)));
  await ready.promise;
  return child;
}
