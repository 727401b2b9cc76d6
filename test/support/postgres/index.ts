export { describeWithPostgres } from './describe-with-postgres.js';
export { createTestDatabase, testPostgresDsn, type TestDatabase } from './test-database.js';
export { PostgresUnavailableError, startTestPostgres } from './test-postgres.js';
