import type { ConfigService } from '#config';
import { SystemClock, VERSION } from '#kernel';
import {
  DatabaseConfig,
  type Deployment,
  deploymentOf,
  hasEmbeddedDatabase,
  openMigrations,
  StoreError,
  type StoreReason,
} from '#store';
import type { Finding } from './finding.js';

const check = 'database';

/** Reachable, new enough, with pgvector, migrated, unless a gateway is using it: then that is the answer. */
export async function checkDatabase(config: ConfigService): Promise<Finding> {
  const deployment = deploymentOf(config);
  const { engine, dataDir } = deployment;
  if (engine === 'embedded' && !hasEmbeddedDatabase(dataDir))
    return { check, level: 'ok', message: 'embedded, will be created by the first start' };
  try {
    return describeSchema(deployment, await stateOf(config, deployment));
  } catch (error) {
    return explain(error, deployment);
  }
}

interface DatabaseState {
  readonly pending: number;
  readonly isAboveRowSecurity: boolean;
}

async function stateOf(config: ConfigService, { dataDir, engine }: Deployment): Promise<DatabaseState> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    pool_size: poolSize,
  } = config.get(DatabaseConfig);
  const clock = new SystemClock();
  const session = await openMigrations({ dsn, directDsn, dataDir, poolSize, clock, connectAttempts: 1 });
  try {
    const { pending } = await session.status();
    const isAboveRowSecurity = engine === 'postgres' && (await session.isAboveRowSecurity());
    return { pending: pending.length, isAboveRowSecurity };
  } finally {
    await session.close();
  }
}

function describeSchema({ engine }: Deployment, { pending, isAboveRowSecurity }: DatabaseState): Finding {
  const name = engine === 'embedded' ? 'embedded database' : 'PostgreSQL with pgvector';
  if (pending === 0 && isAboveRowSecurity) {
    const message = `${name}, up to date; the gateway's role is a superuser or may bypass row security`;
    const remedy = 'Give it a role of its own, so that row security holds (docs/data-protection.md).';
    return { check, level: 'warning', message, remedy };
  }
  if (pending === 0) return { check, level: 'ok', message: `${name}, up to date` };
  const remedy = 'The next start applies them; "goclaw migrate up" does it now.';
  return { check, level: 'warning', message: `${name}, ${pending} migrations pending`, remedy };
}

function explain(error: unknown, deployment: Deployment): Finding {
  if (!(error instanceof StoreError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { check, level: 'problem', message, remedy: connectionRemedy(deployment) };
  }
  if (error.reason === 'in-use') return describeHolder(error);
  return { check, level: 'problem', message: error.message, remedy: remedyFor(error.reason, deployment) };
}

/** Only an embedded database is for one process alone. */
function describeHolder({ details }: StoreError): Finding {
  const { pid, host } = details ?? {};
  const isKnown = typeof pid === 'number' && typeof host === 'string';
  const who = isKnown ? `a gateway (process ${pid} on ${host})` : 'a running gateway';
  return { check, level: 'ok', message: `embedded, in use by ${who}` };
}

function remedyFor(reason: StoreReason, deployment: Deployment): string {
  switch (reason) {
    case 'newer-schema':
      return `Update GoClaw (this is v${VERSION}), or give it a database of its own.`;
    case 'version':
      return 'Move the database to PostgreSQL 15 or newer with pg_dump and pg_restore.';
    case 'missing-pgvector':
      return 'Install it on the server, e.g. apt-get install postgresql-<version>-pgvector.';
    default:
      return connectionRemedy(deployment);
  }
}

function connectionRemedy({ engine, dataDir }: Deployment): string {
  return engine === 'embedded'
    ? `Check that ${dataDir} is complete, readable and on a disk with room.`
    : 'Check the server and the DSN with: psql "$GOCLAW_POSTGRES_DSN" -c "select version()"';
}
