import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { McpError } from '../mcp.errors.js';
import type { HttpAddress } from '../server/server-terms.js';
import { boundedBody } from './bounded-body.js';

const HEADERS_TIMEOUT_MS = 15_000;
const SESSION_HEADER = 'mcp-session-id';

export interface FetchTerms {
  readonly name: string;
  readonly address: HttpAddress;
  /** For how long an answer to one request may go on. */
  readonly answerMaxMs: number;
  /** `Bearer …` of the user, where he has one. */
  readonly authorization?: () => Promise<string | undefined>;
}

/** `fetch` for one server: its headers, its limits, and the refusals of HTTP as errors that say what to do. */
export class ServerFetch {
  /** Why the server, or the way to it, refused last: the transports hand on less. */
  lastProblem: McpError | undefined;

  constructor(private readonly terms: FetchTerms) {}

  readonly fetch: FetchLike = async (url, init = {}) => {
    this.requireOrigin(new URL(url));
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.terms.address.headers)) headers.set(name, value);
    const authorization = await this.terms.authorization?.();
    if (authorization !== undefined) headers.set('authorization', authorization);
    const isStream = (init.method ?? 'GET') === 'GET';
    const limit = isStream ? headersLimit(init.signal) : wholeLimit(init.signal, this.terms.answerMaxMs);
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers, signal: limit.signal });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw this.problem('unreachable', `cannot be reached (${causeOf(error)})`, error);
    } finally {
      limit.headersCame();
    }
    await this.requireWelcome(response, headers);
    return boundedBody(response, this.terms.name);
  };

  /** The SDK keeps redirects within the origin; nothing else may send credentials elsewhere either. */
  private requireOrigin(url: URL): void {
    if (url.host === new URL(this.terms.address.url).host) return;
    throw this.problem('invalid', 'wants to be spoken to at another host');
  }

  private async requireWelcome(response: Response, headers: Headers): Promise<void> {
    const { status } = response;
    if (status < 400 || status === 405) {
      this.lastProblem = undefined;
      return;
    }
    await response.body?.cancel();
    if (status === 401) throw this.problem('unauthorized', 'wants credentials (HTTP 401)');
    if (status === 403) throw this.problem('forbidden', 'does not let these credentials in (HTTP 403)');
    // The protocol says 404; many servers say 400. Either way nothing was done.
    if ((status === 404 || status === 400) && headers.has(SESSION_HEADER))
      throw this.problem('session-lost', `does not know the connection (HTTP ${status})`);
    throw this.problem('unreachable', `answered with HTTP ${status}`);
  }

  private problem(reason: McpError['reason'], what: string, cause?: unknown): McpError {
    this.lastProblem = new McpError(reason, `The MCP server ${this.terms.name} ${what}.`, { cause });
    return this.lastProblem;
  }
}

interface Limit {
  readonly signal: AbortSignal;
  headersCame(): void;
}

/** A stream goes on for as long as the connection; only its beginning is waited for. */
function headersLimit(signal: AbortSignal | null | undefined): Limit {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('no answer')), HEADERS_TIMEOUT_MS);
  timer.unref();
  return { signal: anyOf(signal, late.signal), headersCame: () => clearTimeout(timer) };
}

function wholeLimit(signal: AbortSignal | null | undefined, ms: number): Limit {
  return { signal: anyOf(signal, AbortSignal.timeout(ms)), headersCame: () => undefined };
}

function anyOf(signal: AbortSignal | null | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other;
}

/** `ECONNREFUSED`, `ENOTFOUND`, a problem with a certificate. */
function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return code;
  return error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no connection';
}
