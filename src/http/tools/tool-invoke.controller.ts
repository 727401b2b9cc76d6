import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ToolInvocations } from '#agent';
import type { Caller } from '#contracts';
import { Access, RateLimiter } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { HttpError } from '../http.errors.js';
import { BodyReader } from '../input/body-reader.js';
import { signalOf } from '../runs/disconnect.js';
import { toolAnswer, toolErrorBody } from './tool-answer.js';

const NAME_MAX_CHARS = 200;
const SESSION_KEY_MAX_CHARS = 500;

/** A call of a tool without a model, on the caller's own authority. */
@Controller('v1/tools/invoke')
export class ToolInvokeController {
  constructor(
    private readonly invocations: ToolInvocations,
    private readonly limiter: RateLimiter,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('operator', { ownership: 'agent-use' })
  async invoke(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { tool, dryRun, ...asked } = readRequest(body);
    this.limiter.take(caller);
    if (dryRun) return void reply.send(await this.look(tool, { caller, ...asked }));
    const signal = signalOf(reply);
    const outcome = await this.invocations.invoke(tool, { caller, ...asked, signal });
    if (outcome.result.isError) reply.code(400).send(toolErrorBody(outcome));
    else reply.send(toolAnswer(outcome));
  }

  /** @throws HttpError `tool-not-found` for what is not there at all; what is denied is described, with why */
  private async look(
    name: string,
    place: { caller: Caller; agentKey?: string | undefined; sessionKey?: string | undefined },
  ): Promise<object> {
    const { description, parameters, available, step, reason } = await this.invocations.look(name, place);
    if (!parameters) throw new HttpError('tool-not-found', `Tool '${name}' not found. ${reason}`);
    return { tool: name, description, parameters, dryRun: true, available, step, reason };
  }
}

/** @throws HttpError */
function readRequest(body: unknown) {
  const reader = BodyReader.of(body);
  const tool = reader.string('tool', NAME_MAX_CHARS);
  if (!tool) throw new HttpError('missing-parameter', 'tool is required.', { param: 'tool' });
  const action = reader.string('action', NAME_MAX_CHARS);
  const given = reader.object('args')?.all ?? {};
  return {
    tool,
    args: action ? { ...given, action } : given,
    agentKey: reader.string('agentId', NAME_MAX_CHARS) || undefined,
    sessionKey: reader.string('sessionKey', SESSION_KEY_MAX_CHARS) || undefined,
    dryRun: reader.boolean('dryRun') ?? false,
  };
}
