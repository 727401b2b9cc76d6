import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NetworkError, type NetworkGuard } from '#net';
import { forwardRequest, refuse } from './forward-request.js';
import {
  CONNECTIONS_MAX,
  HEADERS_MAX_BYTES,
  HEADERS_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  SOCKETS_PER_SITE_MAX,
  TRAFFIC_MAX_BYTES,
} from './proxy-limits.js';
import { type Refusal, Traffic } from './traffic.js';
import { openTunnel } from './tunnel.js';

const SPENT = `The pages of this conversation moved ${TRAFFIC_MAX_BYTES / 1024 / 1024} MiB, which is the limit; stop the browser and start it again.`;

/**
 * The only way out of the pages of one conversation: a proxy on loopback that checks every connection and dials itself,
 * so that a name that is resolved anew, a redirect, a frame or a socket gets nowhere that a tool may not go.
 */
export class FilteringProxy {
  private readonly traffic = new Traffic();
  private readonly agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_PER_SITE_MAX });
  private readonly tunnels = new Set<Socket>();

  private constructor(
    private readonly guard: NetworkGuard,
    private readonly server: Server,
  ) {
    server.maxConnections = CONNECTIONS_MAX;
    server.setTimeout(IDLE_TIMEOUT_MS);
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.onRequest(asked, answer));
    server.on('connect', (asked: IncomingMessage, page: Duplex, first: Buffer) => {
      page.on('error', () => page.destroy());
      this.onConnect(asked, page, first);
    });
    server.on('clientError', (_error, socket) => socket.destroy());
  }

  static async open(guard: NetworkGuard): Promise<FilteringProxy> {
    const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES, headersTimeout: HEADERS_TIMEOUT_MS });
    const proxy = new FilteringProxy(guard, server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    const address = this.server.address();
    if (typeof address !== 'object' || !address) throw new TypeError('The proxy is closed.');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Connections that were refused since the last time somebody asked. */
  takeRefusals(): readonly Refusal[] {
    return this.traffic.takeRefusals();
  }

  /** Ends every connection. Idempotent. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
    for (const tunnel of this.tunnels) tunnel.destroy();
  }

  private onRequest(asked: IncomingMessage, answer: ServerResponse): void {
    const fail = (error: unknown): void => {
      const message = this.note(asked.url ?? '', error);
      refuse(answer, message === undefined ? 502 : 403, message ?? reasonOf(error));
    };
    asked.on('error', () => answer.destroy());
    try {
      this.requireBudget();
      const { guard, agent, traffic } = this;
      forwardRequest(asked, answer, { guard, agent, traffic, onFailure: fail });
    } catch (error) {
      fail(error);
    }
  }

  private onConnect(asked: IncomingMessage, page: Duplex, first: Buffer): void {
    const fail = (error: unknown): void => {
      const message = this.note(asked.url ?? '', error);
      page.end(`HTTP/1.1 ${message === undefined ? '502 Bad Gateway' : '403 Forbidden'}\r\n\r\n`);
    };
    try {
      this.requireBudget();
      const { hostname, port } = authorityOf(asked.url ?? '');
      const tunnel = openTunnel({ hostname, port, page, first }, this.guard, this.traffic, fail);
      this.tunnels.add(tunnel);
      tunnel.once('close', () => this.tunnels.delete(tunnel));
    } catch (error) {
      fail(error);
    }
  }

  private requireBudget(): void {
    if (this.traffic.isSpent) throw new NetworkError('blocked', SPENT);
  }

  /** The message of a refusal, which is remembered; `undefined` for what merely did not work. */
  private note(target: string, error: unknown): string | undefined {
    const refused = [error, error instanceof Error ? error.cause : undefined].find(
      (one) => one instanceof NetworkError,
    );
    if (!refused || refused.reason === 'unresolved') return undefined;
    this.traffic.refuse({ target, message: refused.message });
    return refused.message;
  }
}

/** `host:port` of a CONNECT request; written like a URL's, so that all spellings of an address become one. */
function authorityOf(text: string): { hostname: string; port: number } {
  const url = URL.parse(`http://${text}`);
  const port = Number(/:(\d{1,5})$/.exec(text)?.[1]);
  if (!url || url.pathname !== '/' || url.username !== '' || !(port > 0))
    throw new NetworkError('scheme', 'A tunnel needs a host and a port.');
  return { hostname: url.hostname, port };
}

function reasonOf(error: unknown): string {
  return `The site cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
}
