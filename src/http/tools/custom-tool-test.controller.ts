import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AgentAdmin, ToolInvocations } from '#agent';
import type { Caller } from '#contracts';
import { Access, RateLimiter } from '#permissions';
import { CustomTools } from '#tools';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { BodyReader } from '../input/body-reader.js';
import { signalOf } from '../runs/disconnect.js';
import { toolAnswer, toolErrorBody } from './tool-answer.js';

const AGENT_ID_MAX_CHARS = 100;

/** A trial of a custom tool, before anybody has it: as the admin who asks, in the admin's own workspace. */
@Controller('v1/tools/custom/:id/test')
export class CustomToolTestController {
  constructor(
    private readonly tools: CustomTools,
    private readonly agents: AgentAdmin,
    private readonly invocations: ToolInvocations,
    private readonly limiter: RateLimiter,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  async run(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const reader = BodyReader.of(body ?? {});
    const args = reader.object('args')?.all ?? {};
    const given = reader.string('agent_id', AGENT_ID_MAX_CHARS);
    this.limiter.take(caller);
    const { entry, agentId } = await this.tools.runnable(id);
    const agentKey = await this.keyOf(caller, given || agentId);
    const outcome = await this.invocations.try(entry, { caller, agentKey, args, signal: signalOf(reply) });
    if (outcome.result.isError) reply.code(400).send(toolErrorBody(outcome));
    else reply.send(toolAnswer(outcome));
  }

  private async keyOf(caller: Caller, id: string | undefined): Promise<string | undefined> {
    return id === undefined ? undefined : (await this.agents.get(caller, id)).agent_key;
  }
}
