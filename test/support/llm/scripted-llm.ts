import type { Gate } from './gate.js';
import { LlmServer, type LlmServerOptions } from './llm-server.js';
import type { ReceivedRequest } from './received-request.js';
import type { Failure, Reply, ReplyLike, Responder, ScriptedToolCall } from './reply.js';
import { type BrokenReply, ReplyScript } from './reply-script.js';

type Predicate = (request: ReceivedRequest) => boolean;

/** What a wait of a test may take before it fails. */
const WAIT_LIMIT_MS = 30_000;
const POLL_MS = 2;

/**
 * A model on loopback that says what the test told it to, over the real wire formats of OpenAI (chat
 * completions) and Anthropic (messages), streamed and not. It refuses what the vendors refuse, records what it
 * gets, and counts every request that nobody scripted as a failure.
 *
 * Order of precedence for a request: the first `when` that matches and has a reply left, the queue, `respond`.
 */
export class ScriptedLlm {
  private readonly script = new ReplyScript();
  private readonly rules: { readonly matches: Predicate; readonly script: ReplyScript }[] = [];
  private readonly server: LlmServer;

  private constructor(options: LlmServerOptions) {
    this.server = new LlmServer((request) => this.replyFor(request), options);
  }

  static async start(options: LlmServerOptions = {}): Promise<ScriptedLlm> {
    const llm = new ScriptedLlm(options);
    await llm.server.listen();
    return llm;
  }

  /** Base URL for the `openai` package (with `/v1`). */
  get openaiUrl(): string {
    return `${this.server.url}/v1`;
  }

  /** Base URL for `@anthropic-ai/sdk` (without `/v1`). */
  get anthropicUrl(): string {
    return this.server.url;
  }

  get port(): number {
    return this.server.port;
  }

  /** Every model request so far, in the order of arrival (requests for the model list are not among them). */
  get requests(): readonly ReceivedRequest[] {
    return this.server.requests;
  }

  /** The last request. Throws when there was none. */
  get lastRequest(): ReceivedRequest {
    const last = this.requests.at(-1);
    if (!last) throw new Error('The scripted LLM got no request.');
    return last;
  }

  /** Requests whose client closed the connection before the answer was complete. */
  get aborted(): readonly ReceivedRequest[] {
    return this.server.aborted;
  }

  /** How many TCP connections were opened. */
  get connections(): number {
    return this.server.connections;
  }

  reply(reply: ReplyLike): this {
    this.script.reply(reply);
    return this;
  }

  replyToolCalls(calls: readonly ScriptedToolCall[], reply?: Reply): this {
    this.script.replyToolCalls(calls, reply);
    return this;
  }

  fail(status: number, failure?: Omit<Failure, 'status'>): this {
    this.script.fail(status, failure);
    return this;
  }

  cutAfter(deltas: number, reply?: BrokenReply): this {
    this.script.cutAfter(deltas, reply);
    return this;
  }

  endAfter(deltas: number, reply?: BrokenReply): this {
    this.script.endAfter(deltas, reply);
    return this;
  }

  hangAfter(deltas: number, reply?: BrokenReply): this {
    this.script.hangAfter(deltas, reply);
    return this;
  }

  malformed(deltas?: number, reply?: BrokenReply): this {
    this.script.malformed(deltas, reply);
    return this;
  }

  errorAfter(deltas: number, reply?: BrokenReply): this {
    this.script.errorAfter(deltas, reply);
    return this;
  }

  hang(): this {
    this.script.hang();
    return this;
  }

  reset(): this {
    this.script.reset();
    return this;
  }

  invalidToolArguments(name?: string, raw?: string): this {
    this.script.invalidToolArguments(name, raw);
    return this;
  }

  giant(chars: number): this {
    this.script.giant(chars);
    return this;
  }

  gate(): Gate {
    return this.script.gate();
  }

  respond(responder: Responder): this {
    this.script.respond(responder);
    return this;
  }

  /** A script of its own for the requests that match: for runs that go on at the same time. */
  when(matches: Predicate): ReplyScript {
    const script = new ReplyScript();
    this.rules.push({ matches, script });
    return script;
  }

  /** From now on connections are refused, as by a server that is down. Open ones are broken. */
  refuse(): Promise<void> {
    return this.server.shut();
  }

  /** Listens again, on the same port. */
  async accept(): Promise<void> {
    await this.server.listen();
  }

  untilRequests(count: number): Promise<void> {
    return this.until(() => this.server.received >= count, `${count} requests, got ${this.server.received}`);
  }

  untilAborted(count = 1): Promise<void> {
    return this.until(() => this.aborted.length >= count, `${count} aborted requests`);
  }

  /** Throws when a request was not scripted or refused as invalid, or a scripted reply was not asked for. */
  expectAllUsed(): void {
    const unused = [this.script, ...this.rules.map(({ script }) => script)].reduce(
      (sum, script) => sum + script.unused,
      0,
    );
    const problems = [...this.server.failures];
    if (unused > 0) problems.push(`${unused} scripted replies were never asked for`);
    if (problems.length > 0) throw new Error(`The scripted LLM: ${problems.join('; ')}.`);
  }

  /** Stops without complaint. */
  close(): Promise<void> {
    return this.server.shut();
  }

  /** Stops, and throws when a request was not scripted or refused as invalid. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    if (this.server.failures.length > 0)
      throw new Error(`The scripted LLM: ${this.server.failures.join('; ')}.`);
  }

  private replyFor(request: ReceivedRequest): Reply | undefined {
    for (const { matches, script } of this.rules) {
      const reply = matches(request) ? script.take(request) : undefined;
      if (reply) return reply;
    }
    return this.script.take(request);
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    while (!condition()) {
      if (performance.now() > deadline)
        throw new Error(`The scripted LLM waited ${WAIT_LIMIT_MS} ms in vain for ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
