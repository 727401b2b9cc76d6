import { ApiProperty } from '@nestjs/swagger';

export class InputPartDto {
  type!: 'input_text' | 'input_image' | 'output_text';
  text?: string;
  /** An https URL, or a data URL of a PNG, JPEG, GIF or WebP image. */
  image_url?: string;
}

export class InputMessageDto {
  type?: 'message';
  role!: 'system' | 'developer' | 'user' | 'assistant';

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/InputPartDto' } }],
  })
  content!: string | InputPartDto[];
}

/** What an agent is asked. */
export class ResponseRequestDto {
  /** `goclaw:<agent>`; any other name is the default agent. @example 'goclaw:default' */
  model?: string;

  /** A text of the user, or messages of which the last is the user's. */
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'array', items: { $ref: '#/components/schemas/InputMessageDto' } }],
    example: 'What can you do?',
  })
  input!: string | InputMessageDto[];
  /** Added to the agent's prompt. */
  instructions?: string;
  /** The response whose conversation goes on: the last one of it. */
  previous_response_id?: string;
  /** `false`: the conversation cannot be continued by its id. Default: true. */
  store?: boolean;
  /** Answers with server-sent events. Default: false. */
  stream?: boolean;
  /** Answers at once; the response is read later, by its id. Default: false. */
  background?: boolean;
  /** Longest answer of one model call, in tokens. */
  max_output_tokens?: number;
  /** 0 to 2. */
  temperature?: number;
  /** 0 to 1. */
  top_p?: number;
  /** Up to 16 strings, echoed. */
  metadata?: Record<string, string>;
}
