/** What is logged of an error. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: unknown;
}

/**
 * The name, text, place and code of an error and nothing else: drivers and SDKs hang statements with their
 * parameters, requests with their headers, and rows with people's data on theirs.
 */
export function loggedError(error: Error): LoggedError {
  const { name: type, message, stack } = error;
  const code: unknown = Reflect.get(error, 'code');
  return { type, message, stack, ...(code !== undefined && { code }) };
}
