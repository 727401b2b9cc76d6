import type { TokenUsage } from '#protocol';
import type { CompletionUsageDto } from './dto/chat-completion.dto.js';

export function completionUsage(usage: TokenUsage): CompletionUsageDto {
  const { prompt_tokens, completion_tokens, total_tokens, cached_tokens = 0 } = usage;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details: { cached_tokens },
  };
}
