const ID_MAX_CHARS = 64;
const PLAIN_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const DEFAULT_ID = 'default';

/** The id that a name stands for: `My Agent` is `my-agent`. What has nothing of an id in it is `default`. */
export function agentIdOf(name: string): string {
  const lower = name.trim().toLowerCase();
  if (lower === '') return DEFAULT_ID;
  if (PLAIN_ID.test(lower)) return lower;
  const dashed = lower.replaceAll(/[^a-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return dashed.slice(0, ID_MAX_CHARS).replace(/-+$/, '') || DEFAULT_ID;
}
