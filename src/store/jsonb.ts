const REPLACEMENT = '\\ufffd';

/** Escapes that PostgreSQL refuses in jsonb: NUL, and halves of surrogate pairs. */
const REFUSED_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** JSON text for a jsonb parameter; what PostgreSQL cannot store becomes U+FFFD. */
export function toJsonb(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  // JSON.stringify escapes control characters and lone surrogates only, so most texts need no second look.
  return text.includes('\\u') ? text.replace(REFUSED_ESCAPE, `$1${REPLACEMENT}`) : text;
}

/** Text for a text parameter; what PostgreSQL cannot store becomes U+FFFD. */
export function toText(value: string): string {
  return value.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
