/** Characters that mean themselves to every shell, wherever in a word they stand. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A literal in the one way in which it is written here: bare where that is safe, else in single quotes. */
export function canonicalQuote(literal: string): string {
  return PLAIN.test(literal) ? literal : `'${literal.replaceAll("'", `'\\''`)}'`;
}
