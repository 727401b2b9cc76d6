import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicFormat } from './anthropic/anthropic-format.js';
import { Answer } from './answer.js';
import { openAiFormat } from './openai/openai-format.js';
import { playReply } from './play-reply.js';
import { ReceivedRequest, type WireName } from './received-request.js';
import type { Reply } from './reply.js';
import type { WireFormat } from './wire-format.js';

export interface LlmServerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** When set, every other key is refused as the vendor does. */
  readonly apiKey?: string;
  /** What the model list offers. */
  readonly models?: readonly string[];
  /** How many requests are kept; the first ones stay. Benchmarks keep none. */
  readonly keepRequests?: number;
}

const KEEP_REQUESTS = 10_000;
/** Longer than any client keeps an idle connection, so that the client is the one to close it. */
const KEEP_ALIVE_MS = 120_000;

const ROUTES: Readonly<Record<string, WireName>> = {
  '/chat/completions': 'openai',
  '/v1/chat/completions': 'openai',
  '/v1/messages': 'anthropic',
};

const FORMATS: Readonly<Record<WireName, WireFormat>> = { openai: openAiFormat, anthropic: anthropicFormat };

/** The HTTP side of the scripted model. */
export class LlmServer {
  readonly requests: ReceivedRequest[] = [];
  readonly aborted: ReceivedRequest[] = [];
  readonly failures: string[] = [];
  received = 0;
  connections = 0;
  port: number;
  private server: Server | undefined;
  private readonly replyFor: (request: ReceivedRequest) => Reply | undefined;
  private readonly options: LlmServerOptions;

  constructor(replyFor: (request: ReceivedRequest) => Reply | undefined, options: LlmServerOptions) {
    this.replyFor = replyFor;
    this.options = options;
    this.port = options.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    if (this.server) return;
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
      // A request that breaks off while it is read concerns nobody.
      this.handle(message, response).catch(() => response.destroy());
    });
    server.on('connection', (socket) => {
      this.connections++;
      socket.setNoDelay(true);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async shut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (message.url ?? '/').replace(/\?.*$/, '');
    const rawBody = await readBody(message);
    const name: WireName =
      ROUTES[path] ?? (message.headers['anthropic-version'] === undefined ? 'openai' : 'anthropic');
    const request = new ReceivedRequest(name, path, message.headers, rawBody);
    const answer = new Answer(request, FORMATS[name], response, () => this.aborted.push(request));
    if (path.endsWith('/models')) {
      const known = this.accepts(request);
      return known
        ? answer.json(200, answer.format.models(this.options.models ?? ['scripted-model']))
        : answer.fail({ status: 401 });
    }
    if (ROUTES[path] === undefined)
      return this.unexpected(answer, `${message.method} ${path} does not exist`, 404);
    this.received++;
    if (this.requests.length < (this.options.keepRequests ?? KEEP_REQUESTS)) this.requests.push(request);
    await this.answer(answer);
  }

  private async answer(answer: Answer): Promise<void> {
    const { request } = answer;
    try {
      if (!this.accepts(request)) return answer.fail({ status: 401 });
      const objection = answer.format.objection(request);
      if (objection) {
        this.failures.push(`${request.format} refused request ${this.received}: ${objection.message}`);
        return answer.fail(objection);
      }
      const reply = this.replyFor(request);
      if (reply) return await playReply(reply, answer);
      const text = request.lastUserText.slice(0, 80);
      this.unexpected(
        answer,
        `no reply was left for request ${this.received} (${request.model}: "${text}")`,
        500,
      );
    } catch (error) {
      this.unexpected(answer, `request ${this.received} failed here: ${String(error)}`, 500);
    }
  }

  private accepts(request: ReceivedRequest): boolean {
    return this.options.apiKey === undefined || request.apiKey === this.options.apiKey;
  }

  private unexpected(answer: Answer, problem: string, status: number): void {
    this.failures.push(problem);
    if (answer.headSent) answer.destroy();
    else answer.fail({ status, type: 'unscripted', message: `Scripted LLM: ${problem}.` });
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString();
}
