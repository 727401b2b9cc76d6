// `npm run audit`: known high or critical vulnerabilities in what production installs. An audit endpoint that cannot
// be reached is a named skip (a line that begins with SKIP), not a failure: the code is not to blame.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SEVERE = new Set(['high', 'critical']);

/** Accepted findings: `[{ "advisory": "GHSA-…", "until": "2027-01-31", "reason": "…" }]`. */
const EXCEPTIONS_FILE = new URL('./audit-exceptions.json', import.meta.url);

const exceptions = JSON.parse(readFileSync(process.env.GOCLAW_AUDIT_EXCEPTIONS ?? EXCEPTIONS_FILE, 'utf8'));
const today = new Date().toISOString().slice(0, 10);

const npm = process.env.npm_execpath;
const args = ['audit', '--omit=dev', '--json'];
const { stdout, error } = spawnSync(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});

let report;
try {
  report = JSON.parse(stdout);
} catch {
  report = { message: error?.message ?? 'npm audit printed no report' };
}

if (report.vulnerabilities === undefined) {
  process.stdout.write(
    `SKIP audit: the registry's audit endpoint did not answer (${report.message ?? 'no reason given'})\n`,
  );
} else {
  const findings = Object.values(report.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((advisory) => typeof advisory === 'object' && SEVERE.has(advisory.severity));
  const open = [...new Map(findings.map((finding) => [finding.url, finding])).values()].filter(
    ({ url }) => !exceptions.some(({ advisory, until }) => url.endsWith(advisory) && until >= today),
  );
  for (const { name, severity, title, url } of open) {
    process.stdout.write(`${severity}: ${name}: ${title} (${url})\n`);
  }
  if (open.length > 0) {
    process.stdout.write(
      'Update the package (`npm update <name>`), or add a dated exception with its reason to scripts/audit-exceptions.json.\n',
    );
    process.exitCode = 1;
  }
}
