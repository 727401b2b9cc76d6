import { createHash } from 'node:crypto';

/** What every vendor takes as the name of a tool. */
const NAME_MAX_CHARS = 64;
const HASH_CHARS = 6;
const REFUSED = /[^A-Za-z0-9_-]/g;

/** The name that models call a server's tool by: `<prefix>__<tool>`, cleaned and cut to what every vendor takes. */
export function toolName(prefix: string, name: string): string {
  const full = prefix === '' ? name : `${prefix}__${name}`;
  const clean = full.replaceAll(REFUSED, '_');
  return clean.length <= NAME_MAX_CHARS ? clean : distinctName(prefix, name);
}

/** The same, different for every tool, for two whose names are the same when they are cleaned. */
export function distinctName(prefix: string, name: string): string {
  const full = prefix === '' ? name : `${prefix}__${name}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARS);
  const clean = full.replaceAll(REFUSED, '_').slice(0, NAME_MAX_CHARS - HASH_CHARS - 1);
  return `${clean}_${hash}`;
}

/** For the tools that stand for a server's resources and prompts: several servers have them. */
export function serverPrefix(server: { readonly prefix: string; readonly name: string }): string {
  return server.prefix === '' ? server.name.replaceAll(REFUSED, '_').slice(0, 30) : server.prefix;
}
