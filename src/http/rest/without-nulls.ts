/** A row as it is answered: what is not set is left out. Times become texts by themselves. */
export function withoutNulls<T extends object>(row: T): Partial<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Partial<T>;
}
