/** A row as it is answered: what is unknown is absent; times become RFC 3339 by themselves. */
export function knownFields<T extends object>(row: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: NonNullable<T[K]> };
}
