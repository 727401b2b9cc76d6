import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { withErrorObject } from './error-body.js';

/** Idle connections kept for the next call. Every busy stream has one of its own, without a limit. */
const MAX_IDLE_CONNECTIONS = 256;
/** Shorter than what load balancers keep (60 s and more); a server's own `Keep-Alive` hint is honoured. */
const IDLE_CONNECTION_MS = 30_000;
/** Answers that are no stream: errors and model lists. */
const MAX_WHOLE_BODY_BYTES = 8 * 1024 * 1024;

const AGENT_OPTIONS = {
  keepAlive: true,
  maxSockets: Infinity,
  maxFreeSockets: MAX_IDLE_CONNECTIONS,
  timeout: IDLE_CONNECTION_MS,
};

const streams = new WeakMap<Response, IncomingMessage>();

/** The body of a streamed answer; `undefined` when the answer came as a whole. */
export function streamOf(response: Response): IncomingMessage | undefined {
  return streams.get(response);
}

/**
 * The `fetch` of the vendors' SDKs, on Node's own HTTP client: web streams cost as much per delta as everything
 * else together, and 500 streams at once need an agent of their own. An event stream is handed on as Node's
 * stream (see {@link streamOf}); any other answer is read as a whole.
 */
export class HttpTransport {
  private readonly http = new HttpAgent(AGENT_OPTIONS);
  private readonly https = new HttpsAgent(AGENT_OPTIONS);

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const incoming = await this.send(url, init);
    const status = incoming.statusCode ?? 0;
    const headers = headersOf(incoming);
    const type = headers.get('content-type') ?? '';
    if (status === 200 && type.includes('text/event-stream')) {
      const response = new Response(null, { status, headers });
      streams.set(response, incoming);
      return response;
    }
    const text = await readWhole(incoming);
    return new Response(status >= 400 ? withErrorObject(text) : text, { status, headers });
  };

  /** Open connections that wait for the next call. */
  get idleConnections(): number {
    const free = [this.http, this.https].flatMap(({ freeSockets }) => Object.values(freeSockets));
    return free.reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }

  private send(url: URL, init: RequestInit): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    const headers = new Headers(init.headers);
    headers.set('accept-encoding', 'identity');
    const body = typeof init.body === 'string' ? init.body : undefined;
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)));
    const options: RequestOptions = {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(headers),
      agent: secure ? this.https : this.http,
      ...(init.signal ? { signal: init.signal } : {}),
    };
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(url, options, resolve);
      request.on('error', reject);
      request.setNoDelay(true);
      request.end(body);
    });
  }
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value));
  return headers;
}

async function readWhole(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_WHOLE_BODY_BYTES) {
      incoming.destroy();
      throw new Error(`The answer is larger than ${MAX_WHOLE_BODY_BYTES} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
