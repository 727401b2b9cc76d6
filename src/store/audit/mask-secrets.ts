/** What stands for a secret wherever it could be read. */
const MASK = '***';

/** Names whose values are secrets wherever they occur, in any spelling of their words. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'accesstoken',
  'apikey',
  'authorization',
  'clientsecret',
  'credentials',
  'encryptionkey',
  'env',
  'headers',
  'hmacsecret',
  'jwtsecret',
  'keyhash',
  'password',
  'previoushash',
  'secret',
  'secrets',
  'token',
]);

/**
 * The same value without its secrets, at any depth: what is set becomes `***`. A net below those who mask by
 * their own metadata, so that no record of a secret outlives it.
 */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name) ? masked(inner) : maskSecrets(inner)]),
  );
}

function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name.toLowerCase().replaceAll(/[_-]/g, ''));
}

function masked(value: unknown): unknown {
  return value === null || value === undefined || value === '' || typeof value === 'boolean' ? value : MASK;
}
