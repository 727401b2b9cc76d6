import type { Identity } from './templates/identity-template.js';

const FIELDS: ReadonlyMap<string, keyof Identity> = new Map([
  ['name', 'name'],
  ['emoji', 'emoji'],
  ['avatar', 'avatar'],
  ['description', 'description'],
]);
/** Who an agent is stands at the top. */
const LINES_MAX = 100;
const LINE_MAX_CHARS = 2_000;

/** Reads the `Key: Value` lines of an IDENTITY.md, also as items of a list or in bold. What is empty is absent. */
export function parseIdentity(text: string): Identity {
  const found = new Map<keyof Identity, string>();
  for (const line of text.split('\n', LINES_MAX)) {
    const colon = line.indexOf(':');
    if (colon < 0 || line.length > LINE_MAX_CHARS || line.startsWith('#')) continue;
    const field = FIELDS.get(plain(line.slice(0, colon)).toLowerCase());
    const value = plain(line.slice(colon + 1));
    if (field && value !== '' && !found.has(field)) found.set(field, value);
  }
  return Object.fromEntries(found);
}

/** Without the marks of a list and of bold text around it. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^[-*] /, '')
    .replaceAll('**', '')
    .trim();
}
