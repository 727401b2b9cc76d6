import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type PrivateCluster, type PrivateClusterOptions, startPrivateCluster } from './private-cluster.js';
import { findServerBinaries, OLDEST_POSTGRES_MAJOR, type ServerBinaries } from './server-binaries.js';

const INSTALL_SCRIPT = fileURLToPath(new URL('../../../scripts/install-test-postgres.sh', import.meta.url));
const REMEDY =
  'run scripts/install-test-postgres.sh as root, or set GOCLAW_TEST_POSTGRES_DSN to a superuser of a server that has pgvector';

/** Why this machine cannot have a PostgreSQL for tests, and what to do about it. */
export class PostgresUnavailableError extends Error {
  override readonly name = 'PostgresUnavailableError';

  /** What is missing, without the remedy. */
  readonly lack: string;

  constructor(lack: string, options?: ErrorOptions) {
    super(`${lack}: ${REMEDY}`, options);
    this.lack = lack;
  }
}

/**
 * A real PostgreSQL with pgvector: the one of `GOCLAW_TEST_POSTGRES_DSN`, else a private cluster on the
 * machine's own server, which is installed first when this is root on Debian.
 * @throws {PostgresUnavailableError} when there is none
 */
export async function startTestPostgres(
  options: PrivateClusterOptions = {},
): Promise<Pick<PrivateCluster, 'dsn' | 'stop'>> {
  const given = process.env['GOCLAW_TEST_POSTGRES_DSN'];
  const cluster =
    given === undefined || given === ''
      ? await startPrivateCluster(await serverWithVector(), options)
      : { dsn: given, stop: () => Promise.resolve() };
  try {
    await assertUsable(cluster.dsn);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

/** A cluster of a test's own, which it may halt. @throws {PostgresUnavailableError} when there can be none */
export async function startOwnPostgres(options: PrivateClusterOptions = {}): Promise<PrivateCluster> {
  return startPrivateCluster(await serverWithVector(), options);
}

async function serverWithVector(): Promise<ServerBinaries> {
  const present = findServerBinaries();
  if (present?.hasVector === true) return present;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    await install();
    const installed = findServerBinaries();
    if (installed?.hasVector === true) return installed;
  }
  const lack = present
    ? `PostgreSQL ${present.major} is here, but without pgvector`
    : `there is no PostgreSQL ${OLDEST_POSTGRES_MAJOR} or newer on this machine`;
  throw new PostgresUnavailableError(lack);
}

async function install(): Promise<void> {
  process.stderr.write('Installing PostgreSQL with pgvector for the tests (once, about a minute) …\n');
  try {
    await promisify(execFile)('bash', [INSTALL_SCRIPT], { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const tail =
      error instanceof Error && 'stderr' in error ? String(error.stderr).slice(-1_000) : String(error);
    throw new PostgresUnavailableError(`scripts/install-test-postgres.sh failed: ${tail}`, { cause: error });
  }
}

async function assertUsable(dsn: string): Promise<void> {
  const client = new Client({ connectionString: dsn });
  await client.connect().catch((cause: unknown) => {
    throw new PostgresUnavailableError('the PostgreSQL for tests does not answer', { cause });
  });
  try {
    const { rows } = await client.query<{ version: number; vector: boolean }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
              EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS vector`,
    );
    const server = rows[0];
    if (server === undefined || server.version < OLDEST_POSTGRES_MAJOR || !server.vector) {
      const what = `PostgreSQL ${server?.version} ${server?.vector === true ? 'with' : 'without'} pgvector`;
      throw new PostgresUnavailableError(`the server for tests is ${what}`);
    }
  } finally {
    await client.end();
  }
}
