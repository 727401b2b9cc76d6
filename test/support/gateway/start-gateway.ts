import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { copyEmbeddedDatabase } from './embedded-template.js';
import type { ScriptedLlm } from '../llm/index.js';

const START_LIMIT_MS = 50_000;
const STOP_LIMIT_MS = 40_000;
const PROGRAM: readonly string[] = ['dist/src/main.js'];

export interface GatewayOptions {
  /** The model that answers: as provider `openai` (default) or `anthropic`. */
  readonly llm?: Pick<ScriptedLlm, 'openaiUrl' | 'anthropicUrl'>;
  readonly provider?: 'openai' | 'anthropic';
  /** Merged into the configuration file. */
  readonly config?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** Default: standalone, or managed when a DSN is given. */
  readonly mode?: 'standalone' | 'managed';
  /** PostgreSQL; absent: the embedded database. */
  readonly dsn?: string;
  /** What Node runs, before the arguments of `goclaw`; the built program unless told. */
  readonly program?: readonly string[];
  /** A command that turns into the one that its arguments name, in a place of its own: `onSmallDisk(…)`. */
  readonly within?: readonly string[];
  /** A data directory to start on again; it is kept then. */
  readonly dataDir?: string;
}

/** The program, started as a user would start it. Stops with `await using`. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly wsUrl: string;
  readonly token: string;
  readonly dataDir: string;
  readonly workspace: string;
  readonly configPath: string;
  readonly pid: number;
  /** What it wrote to stdout. */
  readonly output: string;
  /** What it logged. */
  readonly logs: string;
  /** Resolves with the exit code when the process ends. */
  readonly exited: Promise<number | null>;
  /** Headers of an authorised request. */
  headers(userId?: string): Record<string, string>;
  /** SIGTERM, and waits for the end. Idempotent. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

/** Starts the built program on a free port, with a data directory of its own, and waits until it is ready. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'goclaw-e2e-'));
  if (options.dataDir === undefined && options.dsn === undefined) copyEmbeddedDatabase(dataDir);
  const configPath = join(dataDir, 'config.json');
  const workspace = join(dataDir, 'workspace');
  writeFileSync(configPath, JSON.stringify(configOf(options, workspace)));
  const token = 'test-token-0123456789';
  const env = { ...inheritedEnv(), ...envOf(options, dataDir, token), ...options.env };
  const child = spawnProgram(options, configPath, env);
  const written = { output: '', logs: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.logs += text));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const remove = (): void => {
    if (options.dataDir === undefined && existsSync(dataDir))
      rmSync(dataDir, { recursive: true, force: true });
  };
  const url = await readyUrl(child, written, exited).catch((error: unknown) => {
    remove();
    throw error;
  });
  const stop = async (): Promise<number | null> => {
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.kill('SIGTERM');
    const code = await exited;
    clearTimeout(limit);
    return code;
  };
  return {
    url,
    wsUrl: `${url.replace('http', 'ws')}/ws`,
    token,
    dataDir,
    workspace,
    configPath,
    pid: child.pid ?? 0,
    get output() {
      return written.output;
    },
    get logs() {
      return written.logs;
    },
    exited,
    headers: (userId) => ({
      authorization: `Bearer ${token}`,
      ...(userId !== undefined && { 'x-goclaw-user-id': userId }),
    }),
    stop,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      remove();
    },
  };
}

function spawnProgram(
  { within = [], program = PROGRAM }: GatewayOptions,
  configPath: string,
  env: NodeJS.ProcessEnv,
): ChildProcessByStdio<null, Readable, Readable> {
  const node = [process.execPath, ...program, 'serve', '--config', configPath];
  const [command = '', ...args] = [...within, ...node];
  return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function configOf(
  { llm, provider = 'openai', config = {} }: GatewayOptions,
  workspace: string,
): Record<string, unknown> {
  const base = llm && { [provider]: { api_base: provider === 'openai' ? llm.openaiUrl : llm.anthropicUrl } };
  return merge(
    {
      gateway: { port: 0, rate_limit_rpm: 0 },
      agents: { defaults: { workspace, ...(llm && { provider, model: 'scripted' }) } },
      discovery: { enabled: false },
      ...(base && { providers: base }),
    },
    config,
  );
}

function envOf(
  { llm, provider = 'openai', mode, dsn }: GatewayOptions,
  dataDir: string,
  token: string,
): Record<string, string> {
  return {
    GOCLAW_DATA_DIR: dataDir,
    GOCLAW_GATEWAY_TOKEN: token,
    ...(llm && { [`GOCLAW_${provider.toUpperCase()}_API_KEY`]: 'key-of-the-scripted-llm' }),
    ...(mode && { GOCLAW_MODE: mode }),
    ...(dsn !== undefined && { GOCLAW_POSTGRES_DSN: dsn }),
  };
}

/** The environment of the tests without anything of their own machine's gateway. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GOCLAW_')));
}

async function readyUrl(
  child: ChildProcess,
  written: { readonly output: string; readonly logs: string },
  exited: Promise<number | null>,
): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    const look = (): void => {
      const url = /URL\s+(http:\S+)/.exec(written.output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', look);
  });
  const failed = exited.then((code) => {
    throw new Error(`the gateway ended with ${code} before it was ready:\n${written.output}${written.logs}`);
  });
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(
      () => reject(new Error(`the gateway was not ready in time:\n${written.output}${written.logs}`)),
      START_LIMIT_MS,
    ).unref();
  });
  try {
    return await Promise.race([ready, failed, late]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    result[key] = isObject(known) && isObject(value) ? merge(known, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
