import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { clusterDirectoryPrefix, removeOrphanedClusters } from './orphaned-clusters.js';
import type { ServerBinaries } from './server-binaries.js';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const LOG_TAIL_CHARS = 4_000;

export interface PrivateClusterOptions {
  /** `true`: commits reach the disk, as in production. Tests do without: the cluster dies with them. */
  readonly durable?: boolean;
}

/** A PostgreSQL server of our own, in a temporary directory, on a free port of the loopback address. */
export interface PrivateCluster {
  readonly dsn: string;
  /** Stops the server and removes its directory. Idempotent. */
  readonly stop: () => Promise<void>;
  /**
   * Stops the server as a restart would: open connections are cut, the data stays. `immediate`: as a crash would,
   * without a checkpoint; what was committed stays on a durable server only.
   */
  readonly halt: (how?: Halt) => Promise<void>;
  /** Starts a halted server again, on the same port. */
  readonly resume: () => Promise<void>;
}

export type Halt = 'fast' | 'immediate';

const HALT_SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** An account that may run a server: PostgreSQL refuses to run as root. */
interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** Creates and starts a cluster; resolves when it accepts connections. */
export async function startPrivateCluster(
  server: ServerBinaries,
  options: PrivateClusterOptions = {},
): Promise<PrivateCluster> {
  await removeOrphanedClusters();
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined;
  const directory = mkdtempSync(clusterDirectoryPrefix(process.pid));
  const password = randomBytes(16).toString('hex');
  createCluster(server, directory, password, account);

  const port = await freePort();
  let running = await launch(server, directory, port, options, account);
  const stop = async (): Promise<void> => {
    await running.end();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    dsn: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop,
    halt: (how) => running.end(how),
    resume: async () => {
      running = await launch(server, directory, port, options, account);
    },
  };
}

/** Starts the server of a cluster; resolves when it accepts connections. Removes the directory when it does not. */
async function launch(
  server: ServerBinaries,
  directory: string,
  port: number,
  options: PrivateClusterOptions,
  account: ServerAccount | undefined,
): Promise<{ end: (how?: Halt) => Promise<void> }> {
  const child = spawn(join(server.binDir, 'postgres'), serverArguments(directory, port, options), {
    ...account,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killOnExit = (): void => void child.kill('SIGQUIT');
  process.once('exit', killOnExit);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (how: Halt = 'fast'): Promise<void> => {
    process.removeListener('exit', killOnExit);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(HALT_SIGNALS[how]);
      const impatience = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(impatience);
    }
  };
  try {
    await accepting(child);
  } catch (error) {
    await end();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return { end };
}

function createCluster(
  server: ServerBinaries,
  directory: string,
  password: string,
  account: ServerAccount | undefined,
): void {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) {
    chownSync(directory, account.uid, account.gid);
    chownSync(passwordFile, account.uid, account.gid);
  }
  execFileSync(join(server.binDir, 'initdb'), initdbArguments(join(directory, 'data'), passwordFile), {
    ...account,
    cwd: directory,
    stdio: 'pipe',
  });
}

function initdbArguments(data: string, passwordFile: string): string[] {
  const options = { pgdata: data, username: 'postgres', pwfile: passwordFile, auth: 'scram-sha-256' };
  return [
    ...Object.entries({ ...options, encoding: 'UTF8', locale: 'C' }).map(
      ([name, value]) => `--${name}=${value}`,
    ),
    '--no-sync',
  ];
}

function serverArguments(directory: string, port: number, options: PrivateClusterOptions): string[] {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    jit: 'off',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    ...(options.durable === true ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    join(directory, 'data'),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Resolves when the server says that it is ready; rejects with its log when it ends or takes too long. */
function accepting(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (what: string): void => reject(new Error(`The test PostgreSQL ${what}. Its log:\n${log}`));
    const timer = setTimeout(() => fail(`was not ready within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code) => fail(`ended with code ${code} while starting`));
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString('utf8')).slice(-LOG_TAIL_CHARS);
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

function unprivilegedAccount(): ServerAccount {
  const id = (flag: string, user: string): number =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) };
    } catch {
      // This machine has no such account; try the next.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
