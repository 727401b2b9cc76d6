import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'goclaw-audit-spec-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const URL_OF = (id: string): string => `https://github.com/advisories/${id}`;

describe('audit', () => {
  it('fails on a high finding and names package and advisory', () => {
    const { status, stdout } = audit(reportOf({ severity: 'high', url: URL_OF('GHSA-1') }));
    expect(status).toBe(1);
    expect(stdout).toContain(`high: leftpad: a title (${URL_OF('GHSA-1')})`);
  });

  it('passes over moderate findings', () => {
    expect(audit(reportOf({ severity: 'moderate', url: URL_OF('GHSA-1') })).status).toBe(0);
  });

  it('accepts an exception until its date, and no longer', () => {
    const report = reportOf({ severity: 'critical', url: URL_OF('GHSA-1') });
    const exception = { advisory: 'GHSA-1', reason: 'not reachable' };
    expect(audit(report, [{ ...exception, until: '9999-01-01' }]).status).toBe(0);
    expect(audit(report, [{ ...exception, until: '2020-01-01' }]).status).toBe(1);
  });

  it('names a skip when the endpoint does not answer', () => {
    const { status, stdout } = audit({ message: '405 Method Not Allowed', statusCode: 405 });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: "SKIP audit: the registry's audit endpoint did not answer (405 Method Not Allowed)\n",
    });
  });
});

function reportOf(advisory: { severity: string; url: string }): object {
  return {
    vulnerabilities: {
      leftpad: { via: [{ name: 'leftpad', title: 'a title', ...advisory }] },
      parent: { via: ['leftpad'] },
    },
  };
}

function audit(report: object, exceptions: object[] = []): { status: number | null; stdout: string } {
  const npm = join(directory, 'npm.mjs');
  const accepted = join(directory, 'exceptions.json');
  writeFileSync(npm, `console.log(${JSON.stringify(JSON.stringify(report))}); process.exitCode = 1;`);
  writeFileSync(accepted, JSON.stringify(exceptions));
  const { status, stdout } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('./audit.mjs', import.meta.url))],
    { encoding: 'utf8', env: { ...process.env, npm_execpath: npm, GOCLAW_AUDIT_EXCEPTIONS: accepted } },
  );
  return { status, stdout };
}
