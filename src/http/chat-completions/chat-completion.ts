import type { AcceptedRun, RunResult } from '#agent';
import { modelOfAgent } from '../input/agent-choice.js';
import type { ChatCompletionDto } from './dto/chat-completion.dto.js';
import { completionId } from './completion-id.js';
import { finishReason } from './finish-reason.js';
import { completionUsage } from './completion-usage.js';

/** The answer of an agent in OpenAI's shape. */
export function chatCompletion(
  { runId, agentKey }: AcceptedRun,
  { content, cut, usage }: RunResult,
  model: string | undefined,
  nowMs: number,
): ChatCompletionDto {
  return {
    id: completionId(runId),
    object: 'chat.completion',
    created: Math.floor(nowMs / 1_000),
    model: model ?? modelOfAgent(agentKey),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: finishReason(cut),
      },
    ],
    usage: completionUsage(usage),
  };
}
