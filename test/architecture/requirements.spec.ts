import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { landed, REQUIREMENTS } from '../requirements.js';
import { uncovered } from './requirement-coverage.js';
import { ROOT } from './source-files.js';

describe('requirements', () => {
  it('that landed have existing tests', () => {
    expect(uncovered(REQUIREMENTS, ROOT)).toEqual([]);
  });

  it('know every promise and decision', () => {
    const decisions = Array.from({ length: 45 }, (_, index) => `D${index + 1}`);
    const promises = ['PROMISE-1', 'PROMISE-2', 'PROMISE-3', 'PROMISE-4'];
    expect(Object.keys(REQUIREMENTS)).toEqual(expect.arrayContaining([...promises, ...decisions, 'D11a']));
  });
});

describe('requirement coverage', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'goclaw-requirements-'));
    writeFileSync(
      join(root, 'a.spec.ts'),
      "it('works', () => {});\nit.each(cases)('takes $name', () => {});",
    );
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const check = (...tests: string[]): string[] => uncovered({ X: landed('a promise', ...tests) }, root);
  const checkRun = (title: string, status: string): string[] =>
    uncovered({ X: landed('a promise', 'a.spec.ts › takes $name') }, root, {
      testResults: [{ name: join(root, 'a.spec.ts'), assertionResults: [{ title, status }] }],
    });

  it('is content with a test that exists', () => {
    expect(check('a.spec.ts › works', 'a.spec.ts › takes $name')).toEqual([]);
  });

  it('reports a landed entry without tests, without the file, without the title', () => {
    expect(check()).toEqual(['X: landed without a test']);
    expect(check('b.spec.ts › works')).toEqual(['X: b.spec.ts › works: there is no such file']);
    expect(check('a.spec.ts › fails')).toEqual([
      'X: a.spec.ts › fails: the file has no test with this title',
    ]);
  });

  it('reports what did not pass in the run', () => {
    expect(checkRun('takes anything', 'passed')).toEqual([]);
    expect(checkRun('takes anything', 'skipped')).toEqual(['X: a.spec.ts › takes $name: was skipped']);
    expect(checkRun('other', 'passed')).toEqual(['X: a.spec.ts › takes $name: did not run']);
  });
});
