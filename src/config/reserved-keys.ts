/**
 * Keys of the reference configuration whose features this version does not have yet. A file that holds them
 * starts, with a warning that names each.
 */
export const RESERVED_KEYS: ReadonlySet<string> = new Set([
  'bindings',
  'channels',
  'cron',
  'tailscale',
  'telemetry',
  'tts',
  'agents.defaults.heartbeat',
  'agents.defaults.memory',
  'agents.defaults.subagents',
  'sessions.dm_scope',
  'sessions.main_key',
  'sessions.scope',
  'sessions.storage',
]);

/** Removes reserved keys from a raw configuration; returns the copy and the dotted paths that were removed. */
export function withoutReservedKeys(raw: Readonly<Record<string, unknown>>): {
  config: Record<string, unknown>;
  removed: string[];
} {
  const removed: string[] = [];
  const strip = (node: unknown, path: string): unknown => {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
    const kept = Object.entries(node).filter(([key]) => {
      const at = path ? `${path}.${key}` : key;
      const reserved =
        RESERVED_KEYS.has(at) ||
        (path.startsWith('agents.list.') && RESERVED_KEYS.has(`agents.defaults.${key}`));
      if (reserved) removed.push(at);
      return !reserved;
    });
    return Object.fromEntries(kept.map(([key, value]) => [key, strip(value, path ? `${path}.${key}` : key)]));
  };
  return { config: strip(raw, '') as Record<string, unknown>, removed };
}
