import type { ConfigService } from '#config';
import { SystemClock } from '#kernel';
import { AuditStore, AuditVerification, DatabaseConfig, deploymentOf, openDatabase } from '#store';

const CONNECTIONS = 2;

/** What the commands about the audit log work on. */
export interface AuditAccess {
  readonly store: AuditStore;
  readonly verification: AuditVerification;
}

/** Opens the database beside the gateways that run on it; an embedded one is for one process. */
export async function onAuditLog<T>(
  config: ConfigService,
  work: (access: AuditAccess) => Promise<T>,
): Promise<T> {
  const {
    postgres_dsn: dsn,
    postgres_direct_dsn: directDsn,
    postgres_migration_dsn: migrationDsn,
  } = config.get(DatabaseConfig);
  const { dataDir } = deploymentOf(config);
  const clock = new SystemClock();
  const database = await openDatabase({
    dsn,
    directDsn,
    migrationDsn,
    dataDir,
    poolSize: CONNECTIONS,
    clock,
  });
  try {
    return await work({ store: new AuditStore(database), verification: new AuditVerification(database) });
  } finally {
    await database.close();
  }
}
