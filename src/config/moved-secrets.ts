import { joinPath } from './config-path.js';
import { leavesOf, type ObjectShape } from './config-shape.js';
import { type Document, valueAt } from './documents.js';

/** A secret that stays what it is, while it would be sent to another host than before. */
export interface MovedSecret {
  /** Dotted. */
  readonly path: string;
  /** What stands for it in the documents. */
  readonly value: unknown;
}

/**
 * The secrets of `after` that go elsewhere than they did in `before`. In both, something that is the same for the same
 * secret stands for it. An address that is taken away leaves the program's own, which nobody chooses.
 */
export function movedSecrets(shape: ObjectShape, before: Document, after: Document): MovedSecret[] {
  return [...leavesOf(shape, after)].flatMap(({ keys, value, property }) => {
    const { sentTo } = property?.meta ?? {};
    if (sentTo === undefined || value === '' || valueAt(before, keys) !== value) return [];
    const place = [...keys.slice(0, property?.isInMap ? -2 : -1), sentTo];
    const now = originOf(valueAt(after, place));
    if (now === undefined || now === originOf(valueAt(before, place))) return [];
    return [{ path: joinPath(keys), value }];
  });
}

function originOf(address: unknown): string | undefined {
  if (typeof address !== 'string' || address === '') return undefined;
  return URL.canParse(address) ? new URL(address).origin : address;
}
