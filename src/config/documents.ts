/** A configuration, or a part of one, as its file has it. */
export type Document = Readonly<Record<string, unknown>>;

/** No configuration is nested deeper. */
const DEPTH_MAX = 32;

export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is nested so deeply that nothing of ours should walk through it. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= DEPTH_MAX; depth++) {
    level = level.flatMap((one): unknown[] =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** JSON Merge Patch (RFC 7386): objects are merged, `null` takes a key away, everything else replaces. */
export function mergePatch(target: unknown, patch: Document): Document {
  const result = new Map(Object.entries(isDocument(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, isDocument(value) ? mergePatch(result.get(key), value) : value);
  }
  return Object.fromEntries(result);
}

/** The one patch that does what `first` and then `second` would do to `target`, without what changes nothing. */
export function composePatches(target: unknown, first: Document, second: Document): Document {
  const base = isDocument(target) ? target : {};
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  const composed = [...keys].flatMap((key) => {
    const value = composeValues(own(base, key), own(first, key), own(second, key));
    const isIdle = value === undefined || (value === null && own(base, key) === undefined);
    return isIdle ? [] : [[key, value] as const];
  });
  return Object.fromEntries(composed);
}

function composeValues(target: unknown, first: unknown, second: unknown): unknown {
  if (second === undefined) return first;
  if (!isDocument(second)) return second;
  if (first !== undefined && !isDocument(first)) {
    // The whole object was replaced or taken away first: nothing of the target may come through again.
    const anew = mergePatch({}, second);
    return isDocument(target) ? patchTowards(target, target, anew) : anew;
  }
  return composePatches(target, first ?? {}, second);
}

/**
 * The patch that turns a configuration in effect into `wanted`. `written`: what is written down of it; only that can
 * be taken away, the rest are defaults.
 */
export function patchTowards(effective: Document, written: Document, wanted: Document): Document {
  const patch = new Map<string, unknown>();
  for (const [key, value] of Object.entries(wanted)) {
    const now = own(effective, key);
    if (isDocument(value) && isDocument(now)) {
      const below = own(written, key);
      const inner = patchTowards(now, isDocument(below) ? below : {}, value);
      if (Object.keys(inner).length > 0) patch.set(key, inner);
    } else if (!isSame(now, value)) patch.set(key, value);
  }
  for (const key of Object.keys(written)) if (!Object.hasOwn(wanted, key)) patch.set(key, null);
  return Object.fromEntries(patch);
}

/** With `value` at the place that `keys` name; objects on the way are made. */
export function withValueAt(document: Document, keys: readonly string[], value: unknown): Document {
  const [key, ...rest] = keys;
  if (key === undefined) return document;
  const below = own(document, key);
  const inner = rest.length === 0 ? value : withValueAt(isDocument(below) ? below : {}, rest, value);
  return Object.fromEntries([...Object.entries(document).filter(([name]) => name !== key), [key, inner]]);
}

export function valueAt(document: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isDocument(value) ? own(value, key) : undefined), document);
}

/** JSON text in which the order of keys means nothing. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isDocument(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalText(a) === canonicalText(b));
}

function own(document: Document, key: string): unknown {
  return Object.hasOwn(document, key) ? document[key] : undefined;
}
