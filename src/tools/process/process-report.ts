import type { BackgroundCommand } from './background-command.js';

const COMMAND_SHOWN_CHARS = 120;
/** What one call tells of an output; the rest is read with further calls. */
export const REPORT_MAX_CHARS = 40 * 1024;

/** A piece of output, its end kept when it is long. */
export function outputReport({ text, missing }: { readonly text: string; readonly missing: number }): string {
  const cut = Math.max(0, text.length - REPORT_MAX_CHARS);
  const gone = missing + cut;
  const kept = text.slice(cut).toWellFormed();
  return gone === 0 ? kept : `[… ${gone} earlier characters left out …]\n${kept}`;
}

/** One line on a command: what it is, and how it goes. */
export function statusLine(entry: BackgroundCommand, now: number): string {
  const { id, command, startedAt, end, endedAt } = entry;
  const line = command.replaceAll(/\s+/g, ' ').slice(0, COMMAND_SHOWN_CHARS).toWellFormed();
  const seconds = Math.round(((endedAt ?? now) - startedAt) / 1_000);
  return `${id}  ${end ? endText(entry) : 'running'}  ${seconds}s  ${line}`;
}

/** How it ended, or that it runs. */
export function endText({ end }: BackgroundCommand): string {
  if (!end) return 'running';
  const how =
    end.exitCode === undefined ? `ended (${end.signal ?? 'killed'})` : `ended (exit code ${end.exitCode})`;
  return end.reason === undefined ? how : `${how}. ${end.reason}`;
}
