import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ConfigService } from '#config';
import type { AuditFilter, AuditRow } from '#store';
import type { CliContext } from '../cli-context.js';
import { CliError } from '../cli.errors.js';
import { onAuditLog } from './on-audit-log.js';

const OWNER_ONLY = 0o600;

export interface AuditExportFlags {
  readonly out?: string;
  readonly user?: string;
  readonly action?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Writes what fits, oldest first, one JSON object a line. @throws CliError `invalid-option` */
export async function exportAudit(
  context: CliContext,
  config: ConfigService,
  flags: AuditExportFlags,
): Promise<void> {
  const filter: AuditFilter = {
    ...(flags.user !== undefined && { userId: flags.user }),
    ...(flags.action !== undefined && { action: flags.action }),
    ...(flags.from !== undefined && { from: timeOf('--from', flags.from) }),
    ...(flags.to !== undefined && { to: timeOf('--to', flags.to) }),
  };
  await onAuditLog(config, async ({ store }) => {
    const lines = linesOf(store.export(filter));
    if (flags.out === undefined) return pipeline(lines, context.stdout, { end: false });
    return pipeline(lines, createWriteStream(flags.out, { mode: OWNER_ONLY }));
  });
}

async function* linesOf(batches: AsyncIterable<readonly AuditRow[]>): AsyncGenerator<string> {
  for await (const rows of batches) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function timeOf(flag: string, text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new CliError('invalid-option', `${flag} ${text} is no time. Example: ${flag} 2026-11-22T10:00:00Z`);
}
