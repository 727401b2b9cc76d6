/**
 * The protocol of the chat platform for tests. Every request carries `Authorization: Bearer <token>`.
 *
 * `GET /updates?after=<offset>&timeout=<s>` answers with the updates behind `after`, as soon as there is one, at the
 * latest after `timeout`: `{updates: Update[]}`. Asking for what is behind an offset acknowledges all up to it; an
 * acknowledged update never comes again. Without `after`: everything that is not acknowledged.
 *
 * `POST /messages` with a {@link SendBody} shows a message: `{id}`. 429 and 503 mean that it was not taken, with
 * `Retry-After` in seconds or without; other statuses of 500 and above say nothing about that. In a platform with
 * idempotency a `key` is required, and a message with the key of an earlier one is not shown again.
 */
export interface ChatMessage {
  readonly id: string;
  readonly chat: { readonly id: string; readonly kind: 'direct' | 'group'; readonly topic?: string };
  readonly from: { readonly id: string; readonly name?: string };
  readonly text: string;
  readonly date: string;
}

export interface Update {
  readonly offset: number;
  readonly message: ChatMessage;
}

export interface SendBody {
  readonly key?: string;
  readonly chat: string;
  readonly topic?: string;
  readonly text: string;
  readonly replyTo?: string;
}

export const CHAT_TOKEN = 'chat-platform-token';
