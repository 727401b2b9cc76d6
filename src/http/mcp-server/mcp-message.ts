/** A JSON-RPC message, as far as the gateway itself looks into it; the rest is the SDK's. */
export interface McpMessage {
  readonly method: string | undefined;
  readonly id: string | number | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What is known of a body; batches are none, as in the protocol since 2025-06-18. */
export function readMessage(body: unknown): McpMessage {
  if (!isObject(body)) return { method: undefined, id: undefined, params: {} };
  const { method, params } = body;
  return {
    method: typeof method === 'string' ? method : undefined,
    id: readId(body['id']),
    params: isObject(params) ? params : {},
  };
}

/** An id of a request: anything else is none. */
export function readId(id: unknown): string | number | undefined {
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
