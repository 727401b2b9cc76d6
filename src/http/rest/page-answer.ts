import type { Page } from '#store';

/** A page as lists are answered: under the plural of what it holds. */
export function pageAnswer<K extends string, T>(
  key: K,
  { items, next, total }: Page<T>,
): Record<K, T[]> & { total?: number; next?: string } {
  const list = { [key]: [...items] } as Record<K, T[]>;
  return { ...list, ...(total !== undefined && { total }), ...(next !== undefined && { next }) };
}
