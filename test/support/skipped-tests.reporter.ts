import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Lists every skipped test by its name at the end of a run, so that none is silently absent. */
export default class SkippedTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    process.stdout.write(`\nSkipped (${skipped.length}):\n${skipped.map(line).join('\n')}\n`);
  }
}

function line(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' && result.note !== undefined ? ` (${result.note})` : '';
  return `  ↓ ${test.module.relativeModuleId} › ${test.fullName}${note}`;
}
