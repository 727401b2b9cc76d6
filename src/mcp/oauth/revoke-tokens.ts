import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { KeptTokens } from './sealed-tokens.js';

/** The user waits for it, and his tokens are forgotten here in any case. */
const REVOKE_LIMIT_MS = 5_000;

/**
 * Tells an authorization server that tokens are not used any more (RFC 7009). Whether it says that they are void now;
 * `false` too where it has no way to be told. Never throws.
 */
export async function revokeTokens(kept: KeptTokens, fetchFn: FetchLike): Promise<boolean> {
  const { revocation, access, refresh } = kept;
  if (!revocation) return false;
  const signal = AbortSignal.timeout(REVOKE_LIMIT_MS);
  const revoke = async (token: string, hint: string): Promise<boolean> => {
    const { headers, form } = await credentialsOf(kept, revocation.authMethods ?? []);
    form.set('token', token);
    form.set('token_type_hint', hint);
    const { ok } = await fetchFn(revocation.endpoint, { method: 'POST', headers, body: form, signal });
    return ok;
  };
  const told = await Promise.allSettled([
    ...(refresh === undefined ? [] : [revoke(refresh, 'refresh_token')]),
    revoke(access, 'access_token'),
  ]);
  return told.every((one) => one.status === 'fulfilled' && one.value);
}

/** Who the gateway is there: as at the token endpoint. */
async function credentialsOf(
  { client }: Pick<KeptTokens, 'client'>,
  authMethods: readonly string[],
): Promise<{ headers: Record<string, string>; form: URLSearchParams }> {
  const { selectClientAuthMethod } = await import('@modelcontextprotocol/sdk/client/auth.js');
  const { client_id, client_secret } = client;
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const method = selectClientAuthMethod(client, [...authMethods]);
  if (method === 'client_secret_basic' && client_secret !== undefined) {
    const credentials = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    return { headers: { ...headers, authorization: `Basic ${credentials}` }, form: new URLSearchParams() };
  }
  const isPosted = method === 'client_secret_post' && client_secret !== undefined;
  return { headers, form: new URLSearchParams({ client_id, ...(isPosted && { client_secret }) }) };
}
