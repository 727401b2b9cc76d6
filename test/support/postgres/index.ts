export { createRestrictedDatabase, type RestrictedDatabase } from './restricted-database.js';
export { describeWithPostgres } from './describe-with-postgres.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export type { PrivateCluster } from './private-cluster.js';
export { startOwnPostgres, startTestPostgres } from './test-postgres.js';
