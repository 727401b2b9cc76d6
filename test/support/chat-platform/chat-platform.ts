import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asRecord } from '../llm/json.js';
import { type Fault, HeldSend } from './faults.js';
import { CHAT_TOKEN, type ChatMessage, type SendBody, type Update } from './wire.js';

export interface ChatPlatformOptions {
  /** A message is shown once, however often it is sent with one key. Default `true`. */
  readonly idempotent?: boolean;
  /** Default: any free one. */
  readonly port?: number;
}

/** A message of an agent, as people see it. */
export interface ShownMessage extends SendBody {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A request to show a message, and what came of it. */
export interface SendAttempt extends SendBody {
  readonly outcome: 'shown' | 'repeated' | Fault['kind'];
  readonly at: number;
}

export interface Said {
  /** Default: `direct` with the id of the writer. */
  readonly chat?: string;
  readonly kind?: 'direct' | 'group';
  readonly topic?: string;
  /** Default: `ann`. */
  readonly from?: string;
}

const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 2;

/**
 * A chat platform on loopback, see `wire.ts`. It goes wrong when it is told to, keeps everything that it gets, and
 * counts every request that its protocol does not know as a failure.
 */
export class ChatPlatform {
  readonly messages: ShownMessage[] = [];
  readonly sends: SendAttempt[] = [];
  readonly failures: string[] = [];
  /** Clients that asked for updates while another one was asking. */
  readonly rivals: string[] = [];
  /** The offset up to which updates were acknowledged. */
  acknowledged = 0;
  private readonly updates: Update[] = [];
  private readonly sendFaults: Fault[] = [];
  private readonly pollFaults: Fault[] = [];
  private readonly shown = new Map<string, ShownMessage>();
  private readonly waiting = new Map<() => void, string>();
  private readonly server: Server;
  private readonly idempotent: boolean;
  private count = 0;

  private constructor(options: ChatPlatformOptions) {
    this.idempotent = options.idempotent ?? true;
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        this.failures.push(String(error));
        response.destroy();
      });
    });
  }

  static async start(options: ChatPlatformOptions = {}): Promise<ChatPlatform> {
    const platform = new ChatPlatform(options);
    await new Promise<void>((resolve) => {
      platform.server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a gateway needs in its environment to speak to this platform. */
  get env(): Record<string, string> {
    return { CHAT_PLATFORM_URL: this.url, CHAT_PLATFORM_IDEMPOTENT: String(this.idempotent) };
  }

  /** Clients that ask for updates now. */
  get pollers(): readonly string[] {
    return [...this.waiting.values()];
  }

  /** Texts that a chat was shown, in order. */
  textsIn(chat: string): string[] {
    return this.messages.filter((message) => message.chat === chat).map(({ text }) => text);
  }

  /** A person writes. Returns the id of the message. */
  say(text: string, { from = 'ann', kind = 'direct', chat = from, topic }: Said = {}): string {
    const id = `m${++this.count}`;
    const place = { id: chat, kind, ...(topic !== undefined && { topic }) };
    this.deliver({ id, chat: place, from: { id: from }, text, date: new Date().toISOString() });
    return id;
  }

  /** The platform brings a message once more, as a new update. */
  repeat(id: string): void {
    const known = this.updates.find(({ message }) => message.id === id);
    if (!known) throw new Error(`There is no message ${id}.`);
    this.deliver(known.message);
  }

  /** What goes wrong with the next sends, in order. */
  failSends(...faults: Fault[]): this {
    this.sendFaults.push(...faults);
    return this;
  }

  /** What goes wrong with the next requests for updates, in order. */
  failPolls(...faults: Fault[]): this {
    this.pollFaults.push(...faults);
    return this;
  }

  /** The next send waits for its answer. */
  holdSend(accepted = true): HeldSend {
    const held = new HeldSend();
    this.failSends({ kind: 'held', held, accepted });
    return held;
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    while (!condition()) {
      if (performance.now() > deadline)
        throw new Error(`The chat platform waited in vain for ${what}: ${JSON.stringify(this.sends)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  untilShown(count: number): Promise<void> {
    return this.until(() => this.messages.length >= count, `${count} messages`);
  }

  /** Stops, and throws when it got what its protocol does not know. */
  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    if (this.failures.length > 0) throw new Error(`The chat platform: ${this.failures.join('; ')}.`);
  }

  private deliver(message: ChatMessage): void {
    this.updates.push({ offset: this.updates.length + 1, message });
    for (const wake of this.waiting.keys()) wake();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const body = await readBody(request);
    if (request.headers.authorization !== `Bearer ${CHAT_TOKEN}`)
      return this.refuse(response, 401, 'bad token');
    if (request.method === 'GET' && url.pathname === '/updates') {
      const client = request.headers['user-agent'] ?? '';
      return this.answerPoll(url.searchParams, client, response);
    }
    if (request.method === 'POST' && url.pathname === '/messages') return this.answerSend(body, response);
    this.refuse(response, 404, `${request.method} ${url.pathname} does not exist`);
  }

  private async answerPoll(params: URLSearchParams, client: string, response: ServerResponse): Promise<void> {
    const timeoutS = Number(params.get('timeout') ?? 0);
    const after = Number(params.get('after') ?? this.acknowledged);
    if (!Number.isInteger(after) || after > this.updates.length || !(timeoutS >= 0))
      return this.refuse(response, 400, `cannot poll with ${params.toString()}`);
    const fault = this.pollFaults.shift();
    if (fault) return this.fail(fault, response);
    this.acknowledged = Math.max(this.acknowledged, after);
    if (this.pollers.some((other) => other !== client)) this.rivals.push(client);
    if (this.updates.length <= after) await this.untilUpdate(timeoutS * 1_000, client, response);
    json(response, 200, { updates: this.updates.slice(after) });
  }

  private async untilUpdate(ms: number, client: string, response: ServerResponse): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    response.once('close', resolve);
    this.waiting.set(resolve, client);
    await promise;
    this.waiting.delete(resolve);
    clearTimeout(timer);
  }

  private async answerSend(text: string, response: ServerResponse): Promise<void> {
    const body = sendBody(text);
    if (!body) return this.refuse(response, 400, `this is no message: ${text}`);
    if (this.idempotent !== (body.key !== undefined))
      return this.refuse(response, 400, `a key is ${this.idempotent ? 'required' : 'unknown'} here`);
    const fault = this.sendFaults.shift();
    const isRepeat = body.key !== undefined && this.shown.has(body.key);
    const shown = !fault || fault.accepted === true ? this.show(body) : undefined;
    this.sends.push({ ...body, outcome: fault?.kind ?? (isRepeat ? 'repeated' : 'shown'), at: Date.now() });
    if (fault && fault.kind !== 'held') return this.fail(fault, response);
    if (fault) await fault.held.enter();
    if (shown) json(response, 200, { id: shown.id });
    else json(response, 503, { error: 'try again' });
  }

  private show(body: SendBody): ShownMessage {
    const known = body.key === undefined ? undefined : this.shown.get(body.key);
    if (known) return known;
    const message = { ...body, id: `m${++this.count}`, at: Date.now() };
    this.messages.push(message);
    if (body.key !== undefined) this.shown.set(body.key, message);
    return message;
  }

  private fail(fault: Fault, response: ServerResponse): void {
    if (fault.kind === 'cut') response.destroy();
    if (fault.kind !== 'status') return;
    if (fault.retryAfterS !== undefined) response.setHeader('retry-after', fault.retryAfterS);
    json(response, fault.status, { error: 'as scripted' });
  }

  private refuse(response: ServerResponse, status: number, problem: string): void {
    this.failures.push(problem);
    json(response, status, { error: problem });
  }
}

function sendBody(text: string): SendBody | undefined {
  const { key, chat, topic, text: words, replyTo } = asRecord(JSON.parse(text));
  const optional = [key, topic, replyTo].every((value) => value === undefined || typeof value === 'string');
  if (typeof chat !== 'string' || typeof words !== 'string' || words === '' || !optional) return undefined;
  return JSON.parse(text) as SendBody;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
