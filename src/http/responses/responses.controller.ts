import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RunHandle } from '#agent';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { extraPromptOf } from '../input/conversation.js';
import { idempotencyKeyOf } from '../input/idempotency-key.js';
import { lastEventIdOf } from '../input/last-event-id.js';
import { booleanQuery, integerQuery } from '../input/query.js';
import { AgentRuns, type HttpRunRequest } from '../runs/agent-runs.js';
import { requireAnswer } from '../runs/run-outcome.js';
import { LegacyEvents, legacyResponse } from './legacy-response.js';
import { readResponseRequest } from './read-response-request.js';
import type { ResponseDto } from './dto/response.dto.js';
import { ResponseEvents } from './response-events.js';
import { endedResponse, openResponse } from './response-object.js';
import type { ResponseRequest } from './response-request.js';
import { OPERATION, ResponseSessions } from './response-sessions.js';
import { streamResponse } from './response-stream.js';

/** How long a cancelled run may take to end before the answer says that it still goes on. */
const CANCEL_WAIT_MS = 2_000;

/** OpenAI's responses, answered by agents. */
@Controller('v1/responses')
export class ResponsesController {
  constructor(
    private readonly runs: AgentRuns,
    private readonly sessions: ResponseSessions,
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
    const asked = readResponseRequest(body);
    const wanted = await this.runRequest(caller, asked, request);
    try {
      await this.answer(asked, wanted, reply);
    } catch (error) {
      const sessionKey = await this.sessions.sessionOfEarlier(wanted, error);
      if (sessionKey === undefined) throw error;
      await this.answer(asked, { ...wanted, sessionKey }, reply);
    }
  }

  @Get(':id')
  @Access('viewer', { ownership: 'own' })
  async retrieve(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query('stream') stream: unknown,
    @Query('starting_after') startingAfter: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const run = await this.sessions.find(caller, id);
    if (!booleanQuery('stream', stream)) return void reply.send(await this.current(caller, run));
    const after = lastEventIdOf(reply.request) ?? integerQuery('starting_after', startingAfter, 0);
    return streamResponse(
      reply,
      this.clock,
      after,
      (_run, numbers) => new ResponseEvents(run, undefined, numbers),
      (target) => this.runs.replay(caller, run, target),
    );
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Access('operator', { ownership: 'own' })
  async cancel(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<ResponseDto> {
    const run = await this.sessions.find(caller, id);
    await this.runs.cancel(caller, run);
    await Promise.race([run.done, this.clock.wait(CANCEL_WAIT_MS)]);
    return this.current(caller, run);
  }

  private async answer(asked: ResponseRequest, wanted: HttpRunRequest, reply: FastifyReply): Promise<void> {
    const { caller } = wanted;
    if (asked.stream) {
      const isLegacy = asked.form === 'messages';
      return streamResponse(
        reply,
        this.clock,
        lastEventIdOf(reply.request),
        (run, numbers) =>
          isLegacy ? new LegacyEvents(run, numbers) : new ResponseEvents(run, asked, numbers),
        (target) => this.runs.stream(reply, wanted, target),
      );
    }
    if (asked.background) {
      const run = await this.runs.submit(reply, wanted);
      const result = run.repeated ? await this.runs.resultSoFar(caller, run) : undefined;
      return void reply.send(result ? endedResponse(run, result, asked) : openResponse(run, 'queued', asked));
    }
    const { run, result } = await this.runs.answer(reply, wanted);
    requireAnswer(result);
    reply.send(asked.form === 'input' ? endedResponse(run, result, asked) : legacyResponse(run, result));
  }

  private async current(caller: Caller, run: RunHandle): Promise<ResponseDto> {
    const result = await this.runs.resultSoFar(caller, run);
    return result ? endedResponse(run, result) : openResponse(run, 'in_progress');
  }

  private async runRequest(
    caller: Caller,
    asked: ResponseRequest,
    request: FastifyRequest,
  ): Promise<HttpRunRequest> {
    const place = await this.sessions.place(caller, asked, request);
    const extraPrompt = extraPromptOf(asked.conversation.instructions);
    const idempotencyKey = idempotencyKeyOf(request);
    return {
      caller,
      ...place,
      ...(extraPrompt !== undefined && { extraPrompt }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      sampling: asked.sampling,
      operation: OPERATION,
      detached: asked.background || idempotencyKey !== undefined,
    };
  }
}
