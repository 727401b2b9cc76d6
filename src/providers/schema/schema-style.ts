/** Which JSON schema keywords a vendor takes. */
export type SchemaStyle = 'openai' | 'anthropic' | 'gemini';

/** Keywords that a vendor refuses. What `$ref` points to is put in its place. */
export const REFUSED_KEYWORDS: Readonly<Record<SchemaStyle, ReadonlySet<string>>> = {
  openai: new Set(),
  anthropic: new Set(['$ref', '$defs']),
  gemini: new Set(['$ref', '$defs', 'additionalProperties', 'examples', 'default']),
};
