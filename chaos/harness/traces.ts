import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger, Wrongs } from './ledger.js';
import { fileOf, traceOf } from './message.js';

/**
 * Every edit must have been made once: its trace is once in the session's file. Not at all is right when the model was
 * told that the outcome is unknown, or when the run failed.
 */
export function checkTraces(
  workspace: string,
  ledger: Ledger,
  unknownEdits: ReadonlySet<string>,
  wrongs: Wrongs,
): void {
  const files = existsSync(workspace) ? readdirSync(workspace, { recursive: true, encoding: 'utf8' }) : [];
  const texts = new Map<string, string>();
  for (const { message, errors } of ledger.entries.values()) {
    if (message.kind !== 'edit') continue;
    const name = fileOf(message.session);
    const path = files.find((file) => file === name || file.endsWith(`/${name}`));
    const text = texts.get(name) ?? (path === undefined ? '' : readFileSync(join(workspace, path), 'utf8'));
    texts.set(name, text);
    const count = text.split(traceOf(message)).length - 1;
    // A session whose file was perhaps never made cannot be edited.
    const isExcused =
      errors.length > 0 || unknownEdits.has(message.id) || unknownEdits.has(`${message.session}.1`);
    if (count > 1) wrongs.duplicated.push(`${message.id} edited its file ${count} times`);
    if (count === 0 && !isExcused) wrongs.lost.push(`${message.id} did not edit its file`);
  }
}
