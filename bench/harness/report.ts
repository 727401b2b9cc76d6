import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { machine } from './machine.js';
import type { Findings, Goal, Measure } from './measure.js';
import { toMarkdown, toText } from './table.js';

const HEAD = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- P1 P3\` renews some of them. The upstream is a scripted LLM on
loopback, so that only the gateway's own cost shows, and the baselines run in the same invocation. Compare figures
within one section, never with those of another machine.
`;

/** For the terminal. */
export function asText(measure: Measure, findings: Findings): string {
  const goals = findings.goals.map((goal) => `  ${goal.met ? '✓' : '✗'} ${sentence(goal)}`);
  return [
    `\n${measure.id}  ${measure.title}\n`,
    ...findings.tables.map((table) => `${toText(table)}\n`),
    ...goals,
    ...findings.notes,
    '',
  ].join('\n');
}

/** Replaces the section of this measure in the document, or adds it in its order. */
export async function writeReport(path: string, measure: Measure, findings: Findings): Promise<void> {
  const sections = new Map<string, string>();
  const written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  for (const section of written.split(/^(?=## )/m)) {
    const id = /^## ([A-Z]+\d*) /.exec(section)?.[1];
    if (id !== undefined) sections.set(id, section.trimEnd());
  }
  sections.set(measure.id, asMarkdown(measure, findings));
  const ordered = [...sections].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const text = [HEAD, ...ordered.map(([, section]) => section)].join('\n\n');
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

function asMarkdown({ id, title, method }: Measure, { tables, goals, notes }: Findings): string {
  const date = new Date().toISOString().slice(0, 10);
  const rows = goals.map(({ goal, measured, met }) => [goal, measured, met ? 'yes' : 'no']);
  // Several goals of one measure are usually missed for the same reason.
  const reasons = Map.groupBy(
    goals.filter(({ met, because }) => !met && because !== undefined),
    ({ because }) => because,
  );
  return [
    `## ${id} ${title}`,
    `${date}, ${machine()}. \`npm run bench -- ${id}\``,
    method,
    toMarkdown({ caption: 'Goals', columns: ['Goal', 'Measured', 'Reached'], rows }),
    ...tables.map(toMarkdown),
    ...[...reasons].map(
      ([because, missed]) => `Where it is short (${missed.map(({ goal }) => goal).join('; ')}): ${because}.`,
    ),
    ...notes,
  ].join('\n\n');
}

function sentence({ goal, measured, met, because }: Goal): string {
  return `${goal}: ${measured}${met || because === undefined ? '' : ` (${because})`}`;
}
