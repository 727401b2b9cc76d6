import { describe } from 'vitest';
import { postgresLack, testPostgresDsn } from './test-database.js';

/**
 * A `describe` whose tests need the real PostgreSQL. Where the machine cannot have one they are listed as
 * skipped, each by its name, with the reason in the title; they are never silently absent.
 */
export function describeWithPostgres(title: string, tests: () => void): void {
  if (testPostgresDsn() === undefined) {
    describe.skip(`${title} [needs PostgreSQL: ${postgresLack()}]`, tests);
  } else {
    describe(title, tests);
  }
}
