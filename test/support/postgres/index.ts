export { describeWithPostgres } from './describe-with-postgres.js';
export { createTestDatabase, testPostgresDsn, type TestDatabase } from './test-database.js';
export type { PrivateCluster } from './private-cluster.js';
export { PostgresUnavailableError, startOwnPostgres, startTestPostgres } from './test-postgres.js';
