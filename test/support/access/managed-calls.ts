import type { RunningGateway } from '../gateway/index.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, as an admin unless the headers say otherwise. */
export async function call(
  gateway: Pick<RunningGateway, 'url' | 'headers'>,
  path: string,
  { method = 'GET', body, headers = gateway.headers('root') }: Call = {},
): Promise<Answer> {
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** The reason of a refusal. */
export function reasonOf({ body }: Answer): unknown {
  const error = body['error'] as { details?: { reason?: unknown } } | undefined;
  return error?.details?.reason;
}

export function bearer(token: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { authorization: `Bearer ${token}`, ...more };
}
