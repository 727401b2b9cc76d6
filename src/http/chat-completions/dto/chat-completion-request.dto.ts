import { ApiProperty } from '@nestjs/swagger';

export class ImageUrlDto {
  /** An https URL, or a data URL of a PNG, JPEG, GIF or WebP image. */
  url!: string;
}

export class ContentPartDto {
  type!: 'text' | 'image_url';
  text?: string;
  image_url?: ImageUrlDto;
}

export class ChatMessageDto {
  /** `system` and `developer` messages are added to the agent's prompt. */
  role!: 'system' | 'developer' | 'user' | 'assistant';

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/ContentPartDto' } }],
    example: 'What can you do?',
  })
  content!: string | ContentPartDto[];
}

export class StreamOptionsDto {
  /** Sends a last chunk with the tokens of the run. */
  include_usage?: boolean;
}

/** What an agent is asked. Fields that are not here are ignored; those that it cannot honour are refused. */
export class ChatCompletionRequestDto {
  /** `goclaw:<agent>`; any other name is the default agent. @example 'goclaw:default' */
  model?: string;
  /**
   * The whole conversation; with `X-GoClaw-Session-Key` only what comes after the last assistant message is new. The
   * last one must be the user's.
   */
  messages!: ChatMessageDto[];
  /** Answers with server-sent events. Default: false. */
  stream?: boolean;
  stream_options?: StreamOptionsDto;
  /** 0 to 2. */
  temperature?: number;
  /** 0 to 1. */
  top_p?: number;
  /** Longest answer of one model call, in tokens. */
  max_completion_tokens?: number;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number;

  /** Up to four texts at which the model stops. */
  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 4 }] })
  stop?: string | string[];
  /** -2 to 2. */
  presence_penalty?: number;
  /** -2 to 2. */
  frequency_penalty?: number;
  seed?: number;
  /** Goes on when the connection is closed; its answer is read at `/v1/responses/{id}`. Default: false. */
  background?: boolean;
  /** Noted, never an identity: that is the header `X-GoClaw-User-Id`. */
  user?: string;
}
