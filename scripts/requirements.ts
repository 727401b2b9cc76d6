import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type TestReport, uncovered } from '../test/architecture/requirement-coverage.js';
import { REQUIREMENTS } from '../test/requirements.js';

// `npm run requirements`: fails on a landed requirement without a test; with GOCLAW_TEST_REPORT (vitest's JSON
// report) also on one whose test did not pass in that run.
const reportFile = process.env['GOCLAW_TEST_REPORT'];
const report =
  reportFile === undefined ? undefined : (JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport);

const faults = uncovered(REQUIREMENTS, fileURLToPath(new URL('..', import.meta.url)), report);
const states = Object.values(REQUIREMENTS).map(({ state }) => state);
const landedCount = states.filter((state) => state === 'landed').length;
console.log(`Requirements: ${landedCount} landed, ${states.length - landedCount} planned.`);
for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exitCode = 1;
