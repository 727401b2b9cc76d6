import { joinPath } from './config-path.js';
import { canonicalText, isDocument } from './documents.js';

/** What differs between two configurations, as dotted paths. */
export interface ConfigDifference {
  /** In effect as soon as it is adopted. */
  readonly live: readonly string[];
  /** Takes effect at the next start. */
  readonly restart: readonly string[];
}

/** Paths of the values that are not the same in both; lists are values as a whole. */
export function changedPaths(before: unknown, after: unknown, keys: readonly string[] = []): string[] {
  if (isDocument(before) && isDocument(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      changedPaths(ownValue(before, name), ownValue(after, name), [...keys, name]),
    );
  }
  // What came or went as a whole is told by its values.
  if (before === undefined && isDocument(after) && Object.keys(after).length > 0)
    return changedPaths({}, after, keys);
  if (after === undefined && isDocument(before) && Object.keys(before).length > 0)
    return changedPaths(before, {}, keys);
  return canonicalText(before ?? null) === canonicalText(after ?? null) ? [] : [joinPath(keys)];
}

function ownValue(document: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}
