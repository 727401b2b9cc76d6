import type { SamplingParameters } from '#contracts';
import type { Conversation } from '../input/conversation.js';

/** A request for a chat completion, checked. */
export interface ChatRequest {
  /** As it was given: it is echoed. */
  readonly model: string | undefined;
  readonly conversation: Conversation;
  readonly sampling: SamplingParameters;
  readonly stream: boolean;
  /** A last chunk with the tokens is wanted. */
  readonly includeUsage: boolean;
  /** The run goes on when the connection closes. */
  readonly background: boolean;
}
