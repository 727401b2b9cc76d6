import { startTestPostgres } from '../test/support/postgres/test-postgres.js';

// `npm run db:test`: the PostgreSQL of the tests for use by hand, until Ctrl-C.
const postgres = await startTestPostgres();
process.stdout.write(`export GOCLAW_TEST_POSTGRES_DSN=${postgres.dsn}\nStop it with Ctrl-C.\n`);
const keepAlive = setInterval(() => undefined, 60_000);
const stop = (): void => {
  clearInterval(keepAlive);
  void postgres.stop();
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
