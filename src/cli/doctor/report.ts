import { printable } from '../terminal/printable.js';
import type { Palette } from '../terminal/palette.js';
import type { Finding, FindingLevel } from './finding.js';

const LEVEL_WIDTH = 9;
const CHECK_WIDTH = 16;
const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red' } as const;

/** How many findings there are of each level. */
export type Tally = Readonly<Record<FindingLevel, number>>;

export function tallyOf(findings: readonly Finding[]): Tally {
  const number = (wanted: FindingLevel): number => findings.filter(({ level }) => level === wanted).length;
  return { ok: number('ok'), warning: number('warning'), problem: number('problem') };
}

/** One finding for people: its line, and its remedy on the next. */
export function findingLines({ check, level, message, remedy }: Finding, palette: Palette): string {
  const head = palette.paint(COLOURS[level], level.padEnd(LEVEL_WIDTH));
  const line = `${head}${check.padEnd(CHECK_WIDTH)}${printable(message)}`;
  if (remedy === undefined) return line;
  return `${line}\n${' '.repeat(LEVEL_WIDTH)}${palette.paint('dim', `→ ${printable(remedy)}`)}`;
}

export function summaryLine(tally: Tally, palette: Palette): string {
  if (tally.problem + tally.warning === 0) return palette.paint('green', 'Everything is fine.');
  const parts = [count(tally.problem, 'problem'), count(tally.warning, 'warning'), `${tally.ok} ok`];
  return palette.paint(tally.problem > 0 ? 'red' : 'yellow', `${parts.join(', ')}.`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
