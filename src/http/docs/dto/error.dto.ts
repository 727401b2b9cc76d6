export class ErrorDetailDto {
  /** @example 'NOT_FOUND' */
  code!: string;
  /** What happened and what to do about it. */
  message!: string;
  /** @example 'not_found_error' */
  type!: string;
  /** The offending parameter. */
  param?: string;
  details?: Record<string, unknown>;
}

export class ErrorDto {
  error!: ErrorDetailDto;
}

export class OpenAiErrorDetailDto {
  /** What happened and what to do about it. */
  message!: string;
  /** @example 'invalid_request_error' */
  type!: string;
  /** Path of the offending parameter. @example 'messages[0].content' */
  param!: string | null;
  /** @example 'model_not_found' */
  code!: string;
}

/** An error in the shape that OpenAI's clients understand. */
export class OpenAiErrorDto {
  error!: OpenAiErrorDetailDto;
}
