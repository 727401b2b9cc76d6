import type { JSONWebKeySet, JWK } from 'jose';

const TIMEOUT_MS = 5_000;
const SIZE_MAX_BYTES = 256 * 1024;
const KEYS_MAX = 100;

/** Key types that have a public half. A symmetric key in a public document is nobody's proof. */
const PUBLIC_KEY_TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** Reads the keys that an auth service publishes. @throws Error that says why it could not */
export async function downloadKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`it answered with the status ${response.status}`);
  }
  return parseKeys(await limitedText(response));
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > SIZE_MAX_BYTES) throw new Error(`its answer is larger than ${SIZE_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseKeys(text: string): JSONWebKeySet {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('its answer is not JSON');
  }
  const keys: unknown = Reflect.get(Object(document) as object, 'keys');
  if (!Array.isArray(keys)) throw new Error('its answer has no list of keys');
  if (keys.length > KEYS_MAX) throw new Error(`it has more than ${KEYS_MAX} keys`);
  const usable = keys.filter(isPublicKey);
  if (usable.length === 0) throw new Error('it has no public key');
  return { keys: usable };
}

function isPublicKey(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && PUBLIC_KEY_TYPES.has(Reflect.get(key, 'kty'));
}
