import { VERSION } from '#kernel';
import type { CliContext } from '../cli-context.js';
import { ExitCode } from '../exit-code.js';
import { Palette } from '../terminal/palette.js';
import { examine } from './doctor.js';
import type { Finding } from './finding.js';
import { findingLines, summaryLine, tallyOf } from './report.js';

const JSON_INDENT = 2;

/** Shows every finding; the exit code is 1 when one of them is a problem. */
export async function runDoctor(
  context: CliContext,
  options: { readonly config?: string; readonly json: boolean },
): Promise<number> {
  const palette = Palette.of(context.stdout, context.env);
  const print = (text: string): void => void context.stdout.write(`${text}\n`);
  const findings: Finding[] = [];
  if (!options.json) print(`${palette.paint('bold', `GoClaw ${VERSION} doctor`)}\n`);
  for await (const finding of examine(context, options.config)) {
    findings.push(finding);
    if (!options.json) print(findingLines(finding, palette));
  }
  const tally = tallyOf(findings);
  const ok = tally.problem === 0;
  if (options.json)
    print(JSON.stringify({ version: VERSION, ok, summary: tally, findings }, undefined, JSON_INDENT));
  else print(`\n${summaryLine(tally, palette)}`);
  return ok ? ExitCode.OK : ExitCode.FAILED;
}
