import type { AcceptedRun, RunResult } from '#agent';
import type { CutReason, RunOutcome, TokenUsage } from '#protocol';
import { modelOfAgent } from '../input/agent-choice.js';
import { failureOf } from '../runs/run-outcome.js';
import type { OutputMessageDto, OutputTextDto, ResponseDto, ResponseUsageDto } from './dto/response.dto.js';
import { createdAt, messageId, responseId } from './response-id.js';
import type { ResponseRequest } from './response-request.js';

const STATUS: Readonly<Record<RunOutcome, ResponseDto['status']>> = {
  completed: 'completed',
  failed: 'failed',
  aborted: 'cancelled',
  merged: 'completed',
  dropped: 'failed',
};

const CUT_TEXT: Readonly<Record<CutReason, string>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
};

/** A response that has no result yet. `asked` is known only while its request is being answered. */
export function openResponse(
  { runId, agentKey }: AcceptedRun,
  status: 'queued' | 'in_progress',
  asked?: ResponseRequest,
): ResponseDto {
  return {
    id: responseId(runId),
    object: 'response',
    created_at: createdAt(runId),
    status,
    background: asked?.background ?? false,
    error: null,
    incomplete_details: null,
    instructions: asked?.instructions ?? null,
    max_output_tokens: asked?.sampling.maxTokens ?? null,
    metadata: asked?.metadata ?? {},
    model: asked?.model ?? modelOfAgent(agentKey),
    output: [],
    output_text: '',
    parallel_tool_calls: true,
    previous_response_id: asked?.previousResponseId ?? null,
    store: asked?.store ?? true,
    temperature: asked?.sampling.temperature ?? null,
    tool_choice: 'auto',
    tools: [],
    top_p: asked?.sampling.topP ?? null,
    truncation: 'disabled',
    usage: null,
  };
}

/** A response whose run has ended. `run` is the one that was asked for, also when another one answered. */
export function endedResponse(run: AcceptedRun, result: RunResult, asked?: ResponseRequest): ResponseDto {
  const isAnswered = STATUS[result.outcome] === 'completed';
  const status = isAnswered && result.cut ? 'incomplete' : STATUS[result.outcome];
  const isPartial = !isAnswered && result.content !== '';
  const output =
    isAnswered || isPartial ? [outputMessage(run.runId, result.content, status === 'completed')] : [];
  return Object.assign(openResponse(run, 'in_progress', asked), {
    status,
    output,
    output_text: result.content,
    error: status === 'failed' ? { code: 'server_error', message: failureOf(result).message } : null,
    incomplete_details: status === 'incomplete' ? { reason: CUT_TEXT[result.cut ?? 'length'] } : null,
    usage: responseUsage(result.usage),
  });
}

export function outputMessage(runId: string, text: string, isComplete: boolean): OutputMessageDto {
  return {
    id: messageId(runId),
    type: 'message',
    role: 'assistant',
    status: isComplete ? 'completed' : 'incomplete',
    content: [outputText(text)],
  };
}

export function outputText(text: string): OutputTextDto {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function responseUsage(usage: TokenUsage): ResponseUsageDto {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.total_tokens,
  };
}
