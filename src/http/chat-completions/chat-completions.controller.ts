import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { chosenAgent, sessionKeyOf } from '../input/agent-choice.js';
import { extraPromptOf, newMessages, wholeConversation } from '../input/conversation.js';
import { idempotencyKeyOf } from '../input/idempotency-key.js';
import { lastEventIdOf } from '../input/last-event-id.js';
import { AgentRuns, type HttpRunRequest } from '../runs/agent-runs.js';
import { requireAnswer } from '../runs/run-outcome.js';
import { openAiErrorEvent } from '../sse/error-event.js';
import { EventNumbers } from '../sse/event-numbers.js';
import { SseStream } from '../sse/sse-stream.js';
import { ChatChunks } from './chat-chunks.js';
import { chatCompletion } from './chat-completion.js';
import type { ChatRequest } from './chat-request.js';
import { readChatRequest } from './read-chat-request.js';

/** OpenAI's chat completions, answered by agents. */
@Controller('v1/chat/completions')
export class ChatCompletionsController {
  constructor(
    private readonly runs: AgentRuns,
    private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('operator', { ownership: 'agent-use' })
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = readChatRequest(body);
    const wanted = runRequest(caller, asked, request);
    if (asked.stream) return this.stream(asked, wanted, reply);
    const { run, result } = await this.runs.answer(reply, wanted);
    requireAnswer(result);
    reply.send(chatCompletion(run, result, asked.model, this.clock.now()));
  }

  private async stream(asked: ChatRequest, wanted: HttpRunRequest, reply: FastifyReply): Promise<void> {
    const after = lastEventIdOf(reply.request);
    const sse = new SseStream(reply, this.clock);
    let numbers = new EventNumbers();
    try {
      let chunks: ChatChunks | undefined;
      const result = await this.runs.stream(reply, wanted, (accepted, repeated) => {
        const own = (numbers = new EventNumbers(repeated ? after : undefined));
        const begun = (chunks = new ChatChunks(accepted, { ...asked, nowMs: this.clock.now() }, own));
        return {
          text: (delta) => sse.send(begun.text(delta)),
          attempt: (attempt) => own.enter(attempt),
        };
      });
      requireAnswer(result);
      if (chunks) sse.send(chunks.end(result));
    } catch (error) {
      if (!sse.isOpen) throw error;
      sse.send(openAiErrorEvent(error, reply.request.id, numbers.last));
    } finally {
      sse.end();
    }
  }
}

function runRequest(caller: Caller, asked: ChatRequest, request: FastifyRequest): HttpRunRequest {
  const { conversation, sampling, background, model } = asked;
  const sessionKey = sessionKeyOf(request);
  const agentKey = chosenAgent(request, model);
  const extraPrompt = extraPromptOf(conversation.instructions);
  const idempotencyKey = idempotencyKeyOf(request);
  const split = sessionKey === undefined ? wholeConversation : newMessages;
  return {
    caller,
    ...split(conversation, 'messages'),
    ...(agentKey !== undefined && { agentKey }),
    ...(sessionKey !== undefined && { sessionKey }),
    ...(extraPrompt !== undefined && { extraPrompt }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    sampling,
    operation: 'chat.completions',
    detached: background || idempotencyKey !== undefined,
  };
}
