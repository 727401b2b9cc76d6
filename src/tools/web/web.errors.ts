import { errorResult, type ToolResult } from '#contracts';
import { NetworkError } from '#net';
import { ToolsError, ToolsErrorReason } from '../tools.errors.js';

/** A request that came to nothing; the model reads why, and what to do. */
export function webError(message: string, cause?: unknown): ToolsError {
  return new ToolsError(ToolsErrorReason.WEB, message, cause);
}

/** What a failed connection or an answer that broke off is called. */
export function failedRequest(error: unknown): ToolsError {
  if (error instanceof ToolsError) return error;
  const causes = causesOf(error);
  const refused = causes.find((cause) => cause instanceof NetworkError);
  if (refused) return webError(refused.message, error);
  const code = causes.map((cause) => ('code' in cause ? String(cause.code) : '')).find((one) => one !== '');
  return webError(`fetch failed: ${(code && CODES[code]) ?? reasonOf(causes)}`, error);
}

/** Turns refusals into results; anything else is a defect and goes on up. */
export async function answeringWeb(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof ToolsError || error instanceof NetworkError ? error.message : undefined;
    if (message === undefined) throw error;
    return errorResult(message.slice(0, MESSAGE_MAX_CHARS));
  }
}

const MESSAGE_MAX_CHARS = 4_000;
const CAUSES_MAX = 8;

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at that address; check the host and the port.',
  ECONNRESET: 'the server closed the connection; try once more, or another address.',
  EHOSTUNREACH: 'the host cannot be reached from here; try another address.',
  ENETUNREACH: 'the host cannot be reached from here; try another address.',
  ETIMEDOUT: 'the host does not answer; try another address.',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer; try another address.',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large; try another address.',
  UND_ERR_SOCKET: 'the server closed the connection in the middle; try once more, or another address.',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired; try another address.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the certificate of the server is signed by nobody known; try another address.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another host; try another address.',
};

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < CAUSES_MAX; at = at.cause) {
    causes.push(at);
    if (at instanceof AggregateError)
      causes.push(...at.errors.filter((one): one is Error => one instanceof Error));
  }
  return causes;
}

function reasonOf(causes: readonly Error[]): string {
  const last = causes.at(-1)?.message ?? '';
  return `${last === '' ? 'the connection did not come about' : last}; check the address, or try another one.`;
}
