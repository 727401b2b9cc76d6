import type { Gate } from './gate.js';
import type { ReceivedRequest } from './received-request.js';

/** Tokens as a reply reports them. `inputTokens` includes the cached ones, whatever the wire format does. */
export interface ScriptedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
}

export interface ScriptedToolCall {
  /** Default: a fresh id in the vendor's own form. */
  readonly id?: string;
  readonly name: string;
  /** An object, or the raw text that is sent in its place. */
  readonly arguments: Readonly<Record<string, unknown>> | string;
}

/** How a stream breaks after a number of deltas. */
export interface Fault {
  /**
   * `cut`: the connection is destroyed; `end`: it ends properly, without a finish; `hang`: nothing more comes;
   * `malformed`: an event that is no JSON; `error`: the vendor's error event.
   */
  readonly kind: 'cut' | 'end' | 'hang' | 'malformed' | 'error';
  readonly afterDeltas: number;
  readonly message?: string;
}

/** An error answer. What is absent is what the vendor sends with that status. */
export interface Failure {
  readonly status: number;
  readonly message?: string;
  readonly type?: string;
  readonly code?: string;
  /** Seconds, or the text of the header (a date). */
  readonly retryAfter?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of the vendor's error body. */
  readonly rawBody?: string;
}

export type Finish = 'stop' | 'length' | 'tool-calls' | 'content-filter';

/** One answer of the scripted model. An iterable of text is read lazily, one delta just before it is sent. */
export interface Reply {
  readonly text?: string | Iterable<string>;
  readonly thinking?: string | Iterable<string>;
  /** Anthropic's signature of the thinking block. */
  readonly signature?: string;
  /** Anthropic's encrypted thinking block. */
  readonly redactedThinking?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Default: what follows from the content. */
  readonly finish?: Finish;
  /** Default: estimated from the lengths. `null`: none is reported. */
  readonly usage?: Partial<ScriptedUsage> | null;
  /** Milliseconds before the first byte. */
  readonly latencyMs?: number;
  /** Milliseconds between deltas; without it a whole stream is one write. */
  readonly delayMs?: number;
  readonly fault?: Fault;
  readonly failure?: Failure;
  /** The connection is destroyed before a first byte, or never answered. */
  readonly silence?: 'reset' | 'hang';
  readonly gate?: Gate;
}

/** A reply, or its text. */
export type ReplyLike = string | Reply;

export type Responder = (request: ReceivedRequest) => ReplyLike;

export function toReply(reply: ReplyLike): Reply {
  return typeof reply === 'string' ? { text: reply } : reply;
}

export function deltasOf(text: string | Iterable<string> | undefined): Iterable<string> {
  if (text === undefined || text === '') return [];
  return typeof text === 'string' ? [text] : text;
}

export function finishOf(reply: Reply): Finish {
  return reply.finish ?? (reply.toolCalls?.length ? 'tool-calls' : 'stop');
}

const CHARS_PER_TOKEN = 4;

/** The usage to report; `undefined` for none. */
export function usageOf(reply: Reply, promptChars: number, answerChars: number): ScriptedUsage | undefined {
  if (reply.usage === null) return undefined;
  return {
    inputTokens: Math.ceil(promptChars / CHARS_PER_TOKEN),
    outputTokens: Math.max(1, Math.ceil(answerChars / CHARS_PER_TOKEN)),
    cachedTokens: 0,
    cacheWriteTokens: 0,
    ...reply.usage,
  };
}
