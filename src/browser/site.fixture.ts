import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Page = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A web site on loopback that records what it was asked. */
export class Site implements AsyncDisposable {
  readonly asked: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(pages: Readonly<Record<string, Page>> = {}): Promise<Site> {
    const server = createServer();
    const site = new Site(server);
    server.on('request', (request, response) => {
      const url = request.url ?? '';
      if (url !== '/favicon.ico') site.asked.push(url);
      const page = pages[url.split('?')[0] ?? ''];
      if (page === undefined) response.writeHead(404).end('not here');
      else if (typeof page === 'string')
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      else page(request, response);
    });
    server.on('connect', (request, socket) => {
      site.asked.push(`CONNECT ${request.url}`);
      socket.destroy();
    });
    server.on('clientError', (_error, socket) => {
      site.asked.push('bytes that are no HTTP');
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return site;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await Promise.resolve();
  }
}
