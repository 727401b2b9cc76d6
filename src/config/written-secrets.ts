import { leavesOf, type ObjectShape } from './config-shape.js';
import { joinPath, splitPath } from './config-path.js';
import { type Document, isDocument, valueAt, withValueAt } from './documents.js';
import { MASK } from './mask.js';

/** What a document that somebody wrote says about secrets, apart from the rest of it. */
export interface WrittenSecrets {
  /** The document without any secret. */
  readonly document: Document;
  /** New ones, by dotted path. */
  readonly set: ReadonlyMap<string, string>;
  /** Paths of those that are to go: `null` was written. */
  readonly cleared: readonly string[];
}

/** Takes the secrets out of a document. `***` and the empty text mean: as it is. */
export function takeSecrets(shape: ObjectShape, document: Document): WrittenSecrets {
  let rest = document;
  const set = new Map<string, string>();
  const cleared: string[] = [];
  for (const { keys, value, property } of leavesOf(shape, document)) {
    if (!property?.meta.secret || property.meta.envOnly) continue;
    if (value !== null && typeof value !== 'string') continue;
    rest = withoutValueAt(rest, keys);
    if (value === null) cleared.push(joinPath(keys));
    else if (value !== MASK && value !== '') set.set(joinPath(keys), value);
  }
  return { document: rest, set, cleared };
}

/** Of these secrets, those whose place (or what is around it) a patch takes away. */
export function secretsTakenBy(patch: Document, paths: Iterable<string>): string[] {
  return [...paths].filter((path) => {
    const keys = splitPath(path);
    return keys.some((_, index) => {
      const value = valueAt(patch, keys.slice(0, index + 1));
      return value === null || (value !== undefined && index < keys.length - 1 && !isDocument(value));
    });
  });
}

/** The object around stays, also when nothing else is in it: the entry of a map is there by its name. */
function withoutValueAt(document: Document, keys: readonly string[]): Document {
  const around = valueAt(document, keys.slice(0, -1));
  if (!isDocument(around)) return document;
  const kept = Object.fromEntries(Object.entries(around).filter(([key]) => key !== keys.at(-1)));
  return keys.length === 1 ? kept : withValueAt(document, keys.slice(0, -1), kept);
}
