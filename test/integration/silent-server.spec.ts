import { expect, it } from 'vitest';
import { SystemClock } from '#kernel';
import { isOutcomeUnknown, openDatabase } from '#store';
import { createTestDatabase, describeWithPostgres } from '../support/postgres/index.js';

/** Long enough for the tables to be made on a busy machine. */
const ANSWER_MAX_MS = 3_000;

describeWithPostgres('a server that does not answer', () => {
  it.each(['query', 'transaction'] as const)(
    'keeps nobody for ever: a %s is broken off, and its connection is given to nobody else',
    async (how) => {
      const own = await createTestDatabase();
      const database = await openDatabase({
        dsn: own.dsn,
        dataDir: '/nowhere',
        poolSize: 1,
        clock: new SystemClock(),
        answerMaxMs: ANSWER_MAX_MS,
      });
      const silence = 'SELECT pg_sleep(3600)';
      const asked =
        how === 'query' ? database.query(silence) : database.transaction((tx) => tx.query(silence));
      const failure: unknown = await asked.catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: expect.any(Number) });
      expect(isOutcomeUnknown(failure)).toBe(true);
      expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await database.close();
      await own.drop();
    },
  );
});
