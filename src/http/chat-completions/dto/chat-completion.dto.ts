export class PromptTokensDetailsDto {
  /** Tokens that the provider read from its cache. */
  cached_tokens!: number;
}

/** Tokens of a run, over all its model calls. */
export class CompletionUsageDto {
  prompt_tokens!: number;
  completion_tokens!: number;
  total_tokens!: number;
  prompt_tokens_details!: PromptTokensDetailsDto;
}

export class CompletionMessageDto {
  role!: 'assistant';
  /** The agent's answer. */
  content!: string;
  refusal!: string | null;
}

export class CompletionChoiceDto {
  index!: number;
  message!: CompletionMessageDto;
  /** Agents have none. */
  logprobs!: Record<string, unknown> | null;
  /** `length`: the limit of tokens was reached. */
  finish_reason!: 'stop' | 'length' | 'content_filter';
}

/** The answer of an agent, in the shape of OpenAI's chat completions. */
export class ChatCompletionDto {
  /** `chatcmpl-` and the run's id without dashes. @example 'chatcmpl-019a0c7b52e07d6f8a1b2c3d4e5f6071' */
  id!: string;
  object!: 'chat.completion';
  /** Unix time in seconds. */
  created!: number;
  /** The model as it was asked for. @example 'goclaw:default' */
  model!: string;
  choices!: CompletionChoiceDto[];
  usage!: CompletionUsageDto;
}
