import type { ContentPart, ThinkingBlock, ToolCall } from './content.js';
import type { LlmError } from './llm-error.js';

export type LlmMessage =
  | { readonly role: 'user'; readonly content: readonly ContentPart[] }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly thinking?: readonly ThinkingBlock[];
      readonly toolCalls?: readonly ToolCall[];
    }
  | {
      readonly role: 'tool';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly content: readonly ContentPart[];
      readonly isError: boolean;
    };

/** A tool as the model sees it. `parameters` is a JSON schema of type object. */
export interface LlmTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a caller may set per request; what is absent is the agent's or the provider's default. */
export interface SamplingParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly seed?: number;
}

export interface LlmRequest {
  readonly model: string;
  /** Byte-stable between turns, so that providers can cache it. */
  readonly system: string;
  readonly messages: readonly LlmMessage[];
  readonly tools: readonly LlmTool[];
  /** `none`: the tools are shown because the conversation used them, but must not be called. Default `auto`. */
  readonly toolChoice?: 'auto' | 'none';
  readonly sampling: SamplingParameters;
  /** Extended thinking, for models that have it. */
  readonly thinking?: { readonly budgetTokens: number };
}

/** Tokens of one call. `inputTokens` includes cached ones; `cachedTokens` of them were read from a cache. */
export interface LlmUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
}

export type LlmFinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other';

/**
 * A stream is any number of parts, then exactly one `finish` or `error`, then nothing.
 * A tool call is one part, after its arguments are complete.
 */
export type LlmStreamPart =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'thinking-delta'; readonly text: string }
  | { readonly type: 'thinking-block'; readonly block: ThinkingBlock }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'usage'; readonly usage: LlmUsage }
  | { readonly type: 'finish'; readonly reason: LlmFinishReason }
  | { readonly type: 'error'; readonly error: LlmError };

/**
 * Port: one LLM vendor endpoint. Implementations do one HTTP request per `stream` call: no retries, no
 * fallback (the chain above does both). They never throw: failures, also an abort, are an `error` part.
 * They must end promptly when `signal` aborts, and apply the first-byte and idle limits they were made with.
 * Safe for any number of concurrent calls.
 */
export interface LlmProvider {
  readonly name: string;
  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmStreamPart>;
  /** Ids of the models that the endpoint offers. Throws {@link LlmError}. */
  listModels(signal: AbortSignal): Promise<readonly string[]>;
}
