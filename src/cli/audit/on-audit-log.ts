import type { ConfigService } from '#config';
import { AuditStore, AuditVerification } from '#store';
import { withDatabase } from '../with-database.js';

/** What the commands about the audit log work on. */
export interface AuditAccess {
  readonly store: AuditStore;
  readonly verification: AuditVerification;
}

/** Opens the audit log. @throws CliError; StoreError */
export function onAuditLog<T>(config: ConfigService, work: (access: AuditAccess) => Promise<T>): Promise<T> {
  return withDatabase(config, (database) =>
    work({ store: new AuditStore(database), verification: new AuditVerification(database) }),
  );
}
