import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedWebRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type WebHandler = (request: ReceivedWebRequest, response: ServerResponse) => void;

/** A site on loopback: pages by path, everything else is 404. It keeps what it was asked. */
export class WebSite implements AsyncDisposable {
  readonly requests: ReceivedWebRequest[] = [];
  private readonly pages = new Map<string, WebHandler>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(): Promise<WebSite> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new WebSite(server);
  }

  /** As `tools.network.allow` takes it. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** A page of text, of bytes, or whatever the handler does. Its address. */
  page(path: string, content: string | Buffer | WebHandler, type = 'text/html; charset=utf-8'): string {
    const whole: WebHandler = (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(content);
    };
    this.pages.set(path, typeof content === 'function' ? content : whole);
    return this.url(path);
  }

  /** How often a path was asked for, whatever its query. */
  hits(path: string): number {
    return this.requests.filter((request) => request.path.split('?')[0] === path).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const { method = '', url = '/', headers } = request;
    const received = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.requests.push(received);
    const handler = this.pages.get(url) ?? this.pages.get(url.split('?')[0] ?? '');
    if (handler) handler(received, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing here.');
  }
}
