import { median } from '../../bench/harness/statistics.js';
import { type Findings, isRight, type Scenario } from './scenario.js';

/** Of each list of what is wrong. */
const SHOWN_MAX = 20;

/** One line for the terminal, and what is wrong below it. */
export function lineOf({ name }: Scenario, findings: Findings, seed: number): string {
  const { accepted, answered, executed, failed, refused, lost, duplicated, disordered, problems } = findings;
  const figures = [
    faultsOf(findings),
    `accepted ${accepted}`,
    `answered ${answered}`,
    ...(failed > 0 ? [`failed as told ${failed}`] : []),
    ...(refused > 0 ? [`refused at first ${refused}`] : []),
    `executed ${executed}`,
    `lost ${lost.length}`,
    `duplicated ${duplicated.length}`,
    ...(disordered.length > 0 ? [`disordered ${disordered.length}`] : []),
    `recovery ${recoveryOf(findings)}`,
  ];
  const details = isRight(findings)
    ? []
    : [
        ...list('lost', lost),
        ...list('duplicated', duplicated),
        ...list('disordered', disordered),
        ...list('problem', problems),
        `  again: npm run chaos -- --only ${name} --seed ${seed}`,
      ];
  const skips = findings.skipped.map((reason) => `SKIP ${name}: ${reason}`);
  const notes = findings.notes.map((note) => `  ${note}`);
  return [
    `${isRight(findings) ? '✓' : '✗'} ${name}: ${figures.join(', ')}`,
    ...notes,
    ...details,
    ...skips,
  ].join('\n');
}

export function faultsOf({ faults }: Findings): string {
  return Object.entries(faults)
    .map(([fault, count]) => `${count} × ${fault}`)
    .join(', ');
}

/** Median and maximum. */
export function recoveryOf({ recoveryMs }: Findings): string {
  if (recoveryMs.length === 0) return '–';
  return `${Math.round(median(recoveryMs))} / ${Math.round(Math.max(...recoveryMs))} ms`;
}

function list(what: string, entries: readonly string[]): string[] {
  const shown = entries.slice(0, SHOWN_MAX).map((entry) => `  ${what}: ${entry}`);
  return entries.length > SHOWN_MAX ? [...shown, `  ${what}: … ${entries.length - SHOWN_MAX} more`] : shown;
}
