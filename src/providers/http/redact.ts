const KEY_LIKE = /\b(sk|pk|gsk|xai|AIza|key|Bearer)[-_ ]?[A-Za-z0-9][\w.*-]{11,}/g;
/** Shorter than any vendor's key: replacing it would garble the text. */
const MIN_KEY_CHARS = 6;

/** Removes the key, and what looks like one, from a vendor's text: some repeat it in their errors. */
export function redact(text: string, key: string | undefined): string {
  const known = key !== undefined && key.length >= MIN_KEY_CHARS ? text.replaceAll(key, '***') : text;
  return known.replaceAll(KEY_LIKE, '***');
}
