import { afterEach, expect, it, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import SkippedTestsReporter from './skipped-tests.reporter.js';

afterEach(() => void vi.restoreAllMocks());

/** What the reporter writes about a run in which tests of these names were skipped. */
function report(...names: readonly string[]): string {
  let written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => (written += String(text)) !== '');
  const module = { relativeModuleId: 'test/integration/database.spec.ts' };
  const tests = names.map((fullName) => ({ fullName, module, result: () => ({ state: 'skipped' }) }));
  const modules = [{ children: { allTests: () => tests } }] as unknown as TestModule[];
  new SkippedTestsReporter().onTestRunEnd(modules);
  vi.restoreAllMocks();
  return written;
}

it('names every skipped test with its file and its reason', () => {
  const written = report('database [needs PostgreSQL: none here] > migrates', 'database > locks');
  expect(written).toContain('Skipped (2):');
  expect(written).toContain(
    'test/integration/database.spec.ts › database [needs PostgreSQL: none here] > migrates',
  );
  expect(written).toContain('test/integration/database.spec.ts › database > locks');
});

it('says nothing when nothing was skipped', () => {
  expect(report()).toBe('');
});
