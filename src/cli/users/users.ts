import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ConfigService } from '#config';
import type { CliContext } from '../cli-context.js';
import { CliError } from '../cli.errors.js';
import { confirm } from '../terminal/confirm.js';
import { askGateway, type GatewayFlags } from './admin-client.js';

const OWNER_ONLY = 0o600;
const INDENT = 2;

export interface UserExportFlags extends GatewayFlags {
  readonly out?: string;
}

export interface UserEraseFlags extends GatewayFlags {
  readonly yes?: boolean;
  readonly agents?: string;
}

/** Writes everything of a user, one JSON object a line. @throws CliError */
export async function exportUser(
  context: CliContext,
  config: ConfigService,
  id: string,
  flags: UserExportFlags,
): Promise<void> {
  const path = `/v1/users/${encodeURIComponent(id)}/export`;
  const { body } = await askGateway(config, flags, { method: 'GET', path });
  if (!body) return;
  const lines = Readable.fromWeb(body);
  if (flags.out === undefined) return pipeline(lines, context.stdout, { end: false });
  await pipeline(lines, createWriteStream(flags.out, { mode: OWNER_ONLY }));
  context.stderr.write(`Written to ${flags.out}.\n`);
}

/** Removes everything of a user, after asking. @throws CliError `not-confirmed` */
export async function eraseUser(
  context: CliContext,
  config: ConfigService,
  id: string,
  { yes = false, agents, ...gateway }: UserEraseFlags,
): Promise<void> {
  if (!yes && !context.stdin.isTTY) {
    throw new CliError(
      'not-confirmed',
      'Erasing a user cannot be undone, and there is no terminal to ask on. Add --yes if you mean it.',
    );
  }
  const question = `Erase everything of ${id}? It cannot be undone; "goclaw users export" writes it out first. [y/N] `;
  if (!yes && !(await confirm(context, question)))
    throw new CliError('not-confirmed', 'Nothing was removed.');
  const query = agents === undefined ? '' : `?agents=${encodeURIComponent(agents)}`;
  const path = `/v1/users/${encodeURIComponent(id)}${query}`;
  const response = await askGateway(config, gateway, { method: 'DELETE', path });
  context.stdout.write(`${JSON.stringify(await response.json(), undefined, INDENT)}\n`);
}
