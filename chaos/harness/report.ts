import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { machine } from '../../bench/harness/machine.js';
import { faultsOf, recoveryOf } from './print.js';
import type { Findings, Scenario } from './scenario.js';

const HEAD = `# Chaos

Written by \`npm run chaos -- --report\`; with \`--only <scenario>\` some of it is renewed. The built program is started as a
user would start it, and broken while people talk to it through the client library. Every answer follows from its
message, so that each is known to be right or wrong; clients, transcripts, files and outboxes are compared with what was
sent.

“Lost” is a message without its whole answer, at its client or in the transcript, or an edit of a file that was not made.
“Duplicated” is a message, answer, reply or edit that is there twice. “Else wrong” is what is out of order, or does not
end as it should. Recovery is from the kill to the first event of the continued run, as its client sees it; clients
reconnect within 250 ms, in “What a crash costs a user” as the library does by default.`;

const COLUMNS = [
  'Scenario',
  'Faults',
  'Accepted',
  'Answered',
  'Failed, as told',
  'Executed',
  'Lost',
  'Duplicated',
  'Else wrong',
  'Recovery, median / max',
];

/** Replaces what the document says of a scenario, or adds it; `order`: the names of all, as they are to stand. */
export async function writeReport(
  path: string,
  order: readonly string[],
  scenario: Scenario,
  findings: Findings,
  seed: number,
): Promise<void> {
  const written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const rows = new Map<string, string>();
  for (const [row, name] of written.matchAll(/^\| ([\w-]+) +\|.*$/gm))
    if (name !== undefined) rows.set(name, row);
  const sections = new Map<string, string>();
  for (const section of written.split(/^(?=## )/m)) {
    const name = /--only ([\w-]+)`/.exec(section.split('\n').slice(0, 4).join('\n'))?.[1];
    if (name !== undefined && section.startsWith('## ')) sections.set(name, section.trimEnd());
  }
  rows.set(scenario.name, rowOf(scenario, findings));
  sections.set(scenario.name, sectionOf(scenario, findings, seed));
  const inOrder = (parts: ReadonlyMap<string, string>): string[] =>
    order.flatMap((name) => parts.get(name) ?? []);
  const rule = COLUMNS.map((_, at) => (at === 0 ? '---' : '---:'));
  const table = [line(COLUMNS), line(rule), ...inOrder(rows)].join('\n');
  const text = [HEAD, table, ...inOrder(sections)].join('\n\n');
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

function rowOf({ name }: Scenario, findings: Findings): string {
  const { accepted, answered, executed, failed, lost, duplicated, disordered, problems } = findings;
  const faults = Object.values(findings.faults).reduce((sum, count) => sum + count, 0);
  const wrong = [lost.length, duplicated.length, disordered.length + problems.length];
  const figures = [faults, accepted, answered, failed, executed, ...wrong];
  return line([name, ...figures.map(String), recoveryOf(findings)]);
}

function sectionOf({ name, title, method }: Scenario, findings: Findings, seed: number): string {
  const date = new Date().toISOString().slice(0, 10);
  const skipped = findings.skipped.map((reason) => `Skipped: ${reason}.`);
  return [
    `## ${title}`,
    `\`npm run chaos -- --only ${name}\` · ${date}, ${machine()}, seed ${seed}`,
    method,
    `Done: ${faultsOf(findings)}.`,
    [...findings.notes, ...skipped].map((note) => `- ${note}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
