export class InputTokensDetailsDto {
  /** Tokens that the provider read from its cache. */
  cached_tokens!: number;
}

export class OutputTokensDetailsDto {
  reasoning_tokens!: number;
}

/** Tokens of a run, over all its model calls. */
export class ResponseUsageDto {
  input_tokens!: number;
  input_tokens_details!: InputTokensDetailsDto;
  output_tokens!: number;
  output_tokens_details!: OutputTokensDetailsDto;
  total_tokens!: number;
}

export class OutputTextDto {
  type!: 'output_text';
  /** The agent's answer. */
  text!: string;
  annotations!: string[];
  logprobs!: string[];
}

export class OutputMessageDto {
  id!: string;
  type!: 'message';
  role!: 'assistant';
  status!: 'in_progress' | 'completed' | 'incomplete';
  content!: OutputTextDto[];
}

export class ResponseErrorDto {
  code!: string;
  message!: string;
}

/** The answer of an agent, in the shape of OpenAI's responses. */
export class ResponseDto {
  /** `resp_` and the run's id without dashes. @example 'resp_019a0c7b52e07d6f8a1b2c3d4e5f6071' */
  id!: string;
  object!: 'response';
  /** Unix time in seconds. */
  created_at!: number;
  status!: 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete';
  background!: boolean;
  error!: ResponseErrorDto | null;
  incomplete_details!: Record<string, unknown> | null;
  instructions!: string | null;
  max_output_tokens!: number | null;
  metadata!: Record<string, unknown>;
  /** @example 'goclaw:default' */
  model!: string;
  output!: OutputMessageDto[];
  /** The text of `output`, in one piece. */
  output_text!: string;
  parallel_tool_calls!: boolean;
  previous_response_id!: string | null;
  store!: boolean;
  temperature!: number | null;
  tool_choice!: 'auto';
  tools!: string[];
  top_p!: number | null;
  truncation!: 'disabled';
  usage!: ResponseUsageDto | null;
}
