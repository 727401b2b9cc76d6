/** A piece of a message. `url` is a `data:` URL (base64) or an https URL. */
export type ContentPart =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'image'; readonly url: string };

/** A model's request to run a tool. `invalid` holds the raw text when the arguments were no JSON object. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly invalid?: string;
}

/**
 * A finished block of extended thinking. `provider` says who can take it back: Anthropic demands its own signed
 * blocks unchanged in the next request of the same turn, others ignore them.
 */
export interface ThinkingBlock {
  readonly provider: string;
  readonly text: string;
  readonly signature?: string;
  /** Encrypted thinking, opaque. */
  readonly redacted?: string;
}
