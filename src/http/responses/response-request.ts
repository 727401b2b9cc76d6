import type { SamplingParameters } from '#contracts';
import type { Conversation } from '../input/conversation.js';

/** A request for a response, checked. */
export interface ResponseRequest {
  /** `messages`: the form of the first GoClaw, answered in its own shape. */
  readonly form: 'input' | 'messages';
  /** As it was given: it is echoed. */
  readonly model: string | undefined;
  readonly conversation: Conversation;
  readonly sampling: SamplingParameters;
  readonly instructions: string | undefined;
  readonly previousResponseId: string | undefined;
  /** `false`: the conversation cannot be continued by its id. */
  readonly store: boolean;
  readonly stream: boolean;
  readonly background: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}
