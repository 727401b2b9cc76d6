import { Injectable } from '@nestjs/common';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { GuardedFetch, NetworkError } from '#net';
import { McpError } from '../mcp.errors.js';

const TIMEOUT_MS = 10_000;
const BODY_MAX_BYTES = 1024 * 1024;

/**
 * `fetch` for authorization servers. What a server names as its authorization server is not trusted: everything but
 * the origins that an admin chose goes to public addresses only.
 */
@Injectable()
export class OAuthFetch {
  constructor(private readonly guarded: GuardedFetch) {}

  /**
   * @param origins that an admin chose: of the server, and of an authorization server that he named. Where one of them
   * is plain http, what is said there is no secret on the way, and others may be too.
   */
  for(origins: readonly string[]): FetchLike {
    return async (input, init = {}) => {
      const url = new URL(input);
      const limit = AbortSignal.timeout(TIMEOUT_MS);
      const signal = init.signal ? AbortSignal.any([limit, init.signal]) : limit;
      const isOwn = origins.includes(url.origin);
      if (url.protocol !== 'https:' && !origins.some((origin) => origin.startsWith('http:')))
        throw plainHttp(url);
      try {
        return isOwn
          ? await whole(await fetch(url, { ...init, redirect: 'manual', signal }))
          : await this.guardedly(url, init, signal);
      } catch (error) {
        throw explained(error, url);
      }
    };
  }

  private async guardedly(url: URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const { fetch: undiciFetch } = await import('undici');
    const { method, body } = init;
    const answer = await undiciFetch(url, {
      ...(method !== undefined && { method }),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(body !== undefined && body !== null && { body: textOf(body) }),
      redirect: 'manual',
      signal,
      dispatcher: await this.guarded.dispatcher(),
    });
    return whole(answer);
  }
}

/** What there is of a response, whoever made it. */
interface Answer extends Pick<Response, 'status' | 'statusText'> {
  readonly headers: Iterable<[string, string]>;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Read to its end, so that nothing is left open and nothing is larger than it may be. */
async function whole(response: Answer): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_MAX_BYTES) throw new McpError('limit', 'The authorization server sent more than 1 MB.');
    chunks.push(chunk);
  }
  const { status, statusText } = response;
  const headers = new Headers(
    [...response.headers].filter(([name]) => !/^content-(encoding|length)$/.test(name)),
  );
  return new Response(size === 0 ? null : Buffer.concat(chunks), { status, statusText, headers });
}

function textOf(body: NonNullable<RequestInit['body']>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('Only texts and forms are sent to authorization servers.');
}

function plainHttp(url: URL): McpError {
  return new McpError(
    'invalid',
    `The authorization server ${url.origin} is not reached by https; nothing was sent to it.`,
  );
}

function explained(error: unknown, url: URL): unknown {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NetworkError) return new McpError('unreachable', cause.message, { cause: error });
  if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError'))
    return new McpError('unreachable', `The authorization server ${url.origin} cannot be reached.`, {
      cause: error,
    });
  return error;
}
