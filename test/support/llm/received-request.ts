import type { IncomingHttpHeaders } from 'node:http';
import { readAnthropicConversation } from './anthropic/anthropic-conversation.js';
import { asRecord, type Json, text } from './json.js';
import { readOpenAiConversation } from './openai/openai-conversation.js';

export type WireName = 'openai' | 'anthropic';

export interface ReceivedToolCall {
  readonly id: string;
  readonly name: string;
  /** The raw text, for OpenAI; Anthropic's object as JSON. */
  readonly arguments: string;
}

export interface ReceivedMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  /** All its text, joined. */
  readonly text: string;
  /** Images as they came: https or data URLs. */
  readonly images: readonly string[];
  readonly toolCalls: readonly ReceivedToolCall[];
  readonly toolCallId?: string;
  readonly isError?: boolean;
  /** Anthropic thinking blocks, as they came. */
  readonly thinking: readonly Json[];
}

export interface ReceivedTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Json;
}

/** A conversation without the differences of the wire formats. */
export interface ReceivedConversation {
  readonly system: string;
  readonly messages: readonly ReceivedMessage[];
  readonly tools: readonly ReceivedTool[];
}

/** One request as it came, and normalised on demand. */
export class ReceivedRequest {
  /** `true` once the client closed the connection before the answer was complete. */
  aborted = false;
  private parsed: Json | undefined;
  private read: ReceivedConversation | undefined;

  readonly format: WireName;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number = Date.now();

  constructor(format: WireName, path: string, headers: IncomingHttpHeaders, rawBody: string) {
    this.format = format;
    this.path = path;
    this.headers = headers;
    this.rawBody = rawBody;
  }

  /** The parsed body. Throws SyntaxError when it is no JSON. */
  get body(): Json {
    return (this.parsed ??= asRecord(JSON.parse(this.rawBody)));
  }

  get model(): string {
    return text(this.body['model']);
  }

  get stream(): boolean {
    return this.body['stream'] === true;
  }

  /** The key that the client sent; empty without one. */
  get apiKey(): string {
    const key = this.headers['x-api-key'];
    return typeof key === 'string' ? key : (this.headers.authorization?.replace(/^Bearer /, '') ?? '');
  }

  get system(): string {
    return this.conversation.system;
  }

  get messages(): readonly ReceivedMessage[] {
    return this.conversation.messages;
  }

  get tools(): readonly ReceivedTool[] {
    return this.conversation.tools;
  }

  /** Text of the last user message. */
  get lastUserText(): string {
    return this.messages.findLast(({ role }) => role === 'user')?.text ?? '';
  }

  private get conversation(): ReceivedConversation {
    return (this.read ??=
      this.format === 'openai' ? readOpenAiConversation(this.body) : readAnthropicConversation(this.body));
  }
}
