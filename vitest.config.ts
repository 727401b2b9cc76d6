import { defineConfig } from 'vitest/config';

/** Where to write the figures of the run as JSON, if anywhere (`.ci/run` asks for them). */
const REPORT_FILE = process.env['GOCLAW_TEST_REPORT'];

/** The build machine has two cores; more workers only wait for each other. */
const MAX_WORKERS = 2;

/**
 * How long a test waits for a condition, and how long a test may take at all. Both end what hangs; neither is a
 * statement about speed, and a busy machine must not reach them.
 */
const expectations = { poll: { timeout: 20_000 } };
const UNIT_TEST_TIMEOUT_MS = 30_000;

/** Whole-program tests start processes and databases. */
const PROGRAM_TEST_TIMEOUT_MS = 60_000;

/** Real Chromium, on pages that do their worst. */
const BROWSER = 'src/browser/**/*.spec.ts';

const POSTGRES = './test/support/postgres/global-setup.ts';
const BUILT_PROGRAM = './test/support/built-program.global-setup.ts';

// Only the project's own condition: adding `node` or `import` here breaks TypeORM's driver lookup.
const ssr = { resolve: { conditions: ['goclaw-src'] } };

export default defineConfig({
  ssr,
  test: {
    maxWorkers: MAX_WORKERS,
    reporters: [
      'default',
      './test/support/skipped-tests.reporter.ts',
      ...(REPORT_FILE === undefined
        ? []
        : [['json', { outputFile: REPORT_FILE }] satisfies ['json', object]]),
    ],
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          include: ['{src,libs,migrations,scripts,chaos}/**/*.spec.ts', 'test/support/**/*.spec.ts'],
          exclude: [BROWSER],
          isolate: false,
          expect: expectations,
          testTimeout: UNIT_TEST_TIMEOUT_MS,
          hookTimeout: UNIT_TEST_TIMEOUT_MS,
        },
      },
      {
        ssr,
        test: {
          name: 'browser',
          include: [BROWSER],
          isolate: false,
          expect: expectations,
          testTimeout: PROGRAM_TEST_TIMEOUT_MS,
          hookTimeout: PROGRAM_TEST_TIMEOUT_MS,
          // After all others, one file at a time: hostile pages take both cores and gigabytes.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ssr,
        test: {
          name: 'architecture',
          include: ['test/architecture/**/*.spec.ts'],
          isolate: false,
          testTimeout: PROGRAM_TEST_TIMEOUT_MS,
        },
      },
      {
        ssr,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.spec.ts'],
          globalSetup: [POSTGRES],
          isolate: false,
          expect: expectations,
          testTimeout: PROGRAM_TEST_TIMEOUT_MS,
          hookTimeout: PROGRAM_TEST_TIMEOUT_MS,
        },
      },
      {
        ssr,
        test: {
          name: 'e2e',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/{support,architecture,integration}/**'],
          globalSetup: [POSTGRES, BUILT_PROGRAM],
          isolate: false,
          expect: expectations,
          testTimeout: PROGRAM_TEST_TIMEOUT_MS,
          hookTimeout: PROGRAM_TEST_TIMEOUT_MS,
        },
      },
    ],
  },
});
