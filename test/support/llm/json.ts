/** A JSON object of unknown content. */
export type Json = Readonly<Record<string, unknown>>;

export function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
