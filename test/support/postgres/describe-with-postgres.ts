import { describe } from 'vitest';
import { isPostgresRequired, postgresLack, testPostgresDsn } from './test-database.js';

/**
 * A `describe` whose tests need the real PostgreSQL. Where the machine cannot have one they are listed as
 * skipped, each by its name, with the reason in the title; they are never silently absent. In CI they fail.
 */
export function describeWithPostgres(title: string, tests: () => void): void {
  if (testPostgresDsn() === undefined && !isPostgresRequired()) {
    describe.skip(`${title} [needs PostgreSQL: ${postgresLack()}]`, tests);
  } else {
    describe(title, tests);
  }
}
