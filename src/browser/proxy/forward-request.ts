import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { NetworkGuard } from '#net';
import { HEADERS_MAX_BYTES, IDLE_TIMEOUT_MS } from './proxy-limits.js';
import type { Traffic } from './traffic.js';

const PLAIN: ReadonlySet<string> = new Set(['http:']);
const DEFAULT_PORT = 80;
/** They concern one connection, not the message. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
];

export interface Forwarding {
  readonly guard: NetworkGuard;
  readonly agent: Agent;
  readonly traffic: Traffic;
  /** The connection was refused, or the site cannot be reached. */
  onFailure(error: Error): void;
}

/** Marks an answer as the proxy's own. */
export const REFUSED_HEADER = 'x-goclaw-refused';

/** Makes a request without encryption for a page. @throws NetworkError when the page may not make it. */
export function forwardRequest(asked: IncomingMessage, answer: ServerResponse, to: Forwarding): void {
  const url = new URL(asked.url ?? '');
  to.guard.check(url, PLAIN);
  const port = Number(url.port) || DEFAULT_PORT;
  const upstream = request({
    agent: to.agent,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    method: asked.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...endToEnd(asked.headers), host: url.host },
    // Each connection is dialled to an address that was checked.
    lookup: to.guard.lookup(port),
    timeout: IDLE_TIMEOUT_MS,
    maxHeaderSize: HEADERS_MAX_BYTES,
  });
  upstream.on('timeout', () => upstream.destroy(new Error('the site stopped answering')));
  upstream.on('response', (response) => {
    response.on('error', () => answer.destroy());
    to.traffic.count(response, asked.socket);
    try {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response.headers));
    } catch (error) {
      upstream.destroy();
      refuse(answer, 502, `The site's answer cannot be understood: ${String(error)}`);
      return;
    }
    response.pipe(answer);
  });
  upstream.on('error', (error) => to.onFailure(error));
  answer.on('close', () => upstream.destroy());
  to.traffic.count(asked, asked.socket);
  asked.pipe(upstream);
}

/** Answers in the place of a site. */
export function refuse(answer: ServerResponse, status: number, message: string): void {
  if (answer.headersSent) return void answer.destroy();
  answer
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', [REFUSED_HEADER]: '1' })
    .end(message);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const dropped = new Set([...HOP_BY_HOP, ...(headers.connection ?? '').toLowerCase().split(/\s*,\s*/)]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}
