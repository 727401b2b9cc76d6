import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

interface Asked {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
}

/** What the server does with a request: a result, an error of the protocol, an HTTP status, or whatever it writes itself. */
export type Play =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly status: number; readonly headers?: Record<string, string> }
  | ((response: ServerResponse, id: unknown) => void);

/** An MCP server over streamable HTTP that does what the test says, also what no honest server does. */
export class ScriptedMcpServer implements AsyncDisposable {
  /** Every request that came, in order. */
  readonly asked: Asked[] = [];
  tools: unknown = [];
  capabilities: Record<string, unknown> = { tools: { listChanged: true } };
  /** By method, or by `GET /path`; absent, or answering nothing: what an honest server does. */
  readonly plays = new Map<string, (asked: Asked) => Play | undefined>();
  /** The streams that clients listen to. */
  readonly streams = new Set<ServerResponse>();
  private sessions = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedMcpServer> {
    const server = createServer();
    const made = new ScriptedMcpServer(server);
    server.on('request', (request, response) => void made.handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return made;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`;
  }

  /** How often a method was asked for. */
  count(method: string): number {
    return this.asked.filter((one) => one.method === method).length;
  }

  /** Tells every client that listens. */
  notify(method: string): void {
    for (const stream of this.streams)
      stream.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method })}\n\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const outside = this.plays.get(`${request.method} ${request.url}`);
    const answer = outside?.({ method: '', params: {}, headers: request.headers });
    if (answer) return send(response, undefined, answer);
    if (request.method === 'GET' && !request.url?.startsWith('/mcp'))
      return void response.writeHead(404).end();
    if (request.method === 'GET') return this.listen(response);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const body = JSON.parse(await textOf(request)) as {
      id?: unknown;
      method: string;
      params?: Record<string, unknown>;
    };
    const asked = { method: body.method, params: body.params ?? {}, headers: request.headers };
    this.asked.push(asked);
    const play = this.plays.get(body.method)?.(asked);
    if (play) return send(response, body.id, play);
    if (body.id === undefined) return void response.writeHead(202).end();
    if (body.method === 'initialize') response.setHeader('mcp-session-id', `s${++this.sessions}`);
    send(response, body.id, { result: this.honest(asked) });
  }

  private honest({ method, params }: Asked): unknown {
    if (method === 'initialize') {
      const { protocolVersion } = params;
      return {
        protocolVersion,
        capabilities: this.capabilities,
        serverInfo: { name: 'scripted', version: '1' },
      };
    }
    if (method === 'tools/list') return { tools: this.tools };
    if (method === 'tools/call')
      return { content: [{ type: 'text', text: `called ${String(params['name'])}` }] };
    return {};
  }

  private listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

export function tool(name: string, more: object = {}): object {
  return { name, description: `does ${name}`, inputSchema: { type: 'object', properties: {} }, ...more };
}

function send(response: ServerResponse, id: unknown, play: Play): void {
  if (typeof play === 'function') return play(response, id);
  if ('status' in play) return void response.writeHead(play.status, play.headers).end();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ jsonrpc: '2.0', id, ...play }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
