import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../requirements.js';

/** The part of vitest's JSON report that coverage looks at. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/**
 * What is wrong with landed requirements: no test named, a test that does not exist or, when the report of a run is
 * given, one that did not pass in it. One line per fault.
 */
export function uncovered(
  requirements: Readonly<Record<string, Requirement>>,
  root: string,
  report?: TestReport,
): string[] {
  return Object.entries(requirements)
    .filter(([, { state }]) => state === 'landed')
    .flatMap(([id, { tests }]) => {
      if (tests.length === 0) return [`${id}: landed without a test`];
      return tests.flatMap((test) => {
        const fault = faultOf(test, root, report);
        return fault === undefined ? [] : [`${id}: ${test}: ${fault}`];
      });
    });
}

function faultOf(test: string, root: string, report?: TestReport): string | undefined {
  const [path, title] = test.split(' › ');
  if (path === undefined || title === undefined) return 'is not written as `file › title`';
  const file = join(root, path);
  if (!existsSync(file)) return 'there is no such file';
  if (!hasTitle(readFileSync(file, 'utf8'), title)) return 'the file has no test with this title';
  if (report === undefined) return undefined;
  const results = report.testResults
    .filter(({ name }) => name === file)
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((result) => matches(result.title, title));
  if (results.length === 0) return 'did not run';
  const failed = results.find(({ status }) => status !== 'passed');
  return failed && `was ${failed.status}`;
}

/** Titles stand in the source as string literals of whichever quote. */
function hasTitle(source: string, title: string): boolean {
  const escaped = title.replaceAll("'", "\\'");
  return [`'${escaped}'`, `"${title}"`, `\`${title}\``].some((literal) => source.includes(literal));
}

/** The title of an `it.each` has `$name`, `%s` or `${…}` where a run has values. */
function matches(actual: string, title: string): boolean {
  const parts = title.split(/\$\{[^}]*\}|\$[\w.]+|%[sdifjo#]/);
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${pattern}$`).test(actual);
}
