import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { headerText } from '../input/headers.js';
import { signalOf } from '../runs/disconnect.js';
import { AgentCalls } from './agent-calls.js';
import { AgentMcp } from './agent-mcp.js';
import { readId, readMessage } from './mcp-message.js';

const SESSION_HEADER = 'mcp-session-id';
const SESSION_ID = /^[\x21-\x7e]{1,128}$/;

/**
 * The gateway as an MCP server (streamable HTTP): each agent that the caller may use is a tool. Every request stands for
 * itself, on any replica. A session id is handed out all the same: it tells the requests of one client from those of
 * others, so that a cancellation means one run.
 */
@Controller('mcp')
export class McpServerController {
  constructor(
    private readonly servers: AgentMcp,
    private readonly calls: AgentCalls,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('operator', { ownership: 'agent-use' })
  async handle(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { method, params } = readMessage(body);
    const given = headerText(request, SESSION_HEADER);
    const sessionId = given !== undefined && SESSION_ID.test(given) ? given : undefined;
    const cancelled = method === 'notifications/cancelled' ? readId(params['requestId']) : undefined;
    if (cancelled !== undefined) await this.calls.cancel({ caller, sessionId, requestId: cancelled });
    if (method === 'initialize') reply.header(SESSION_HEADER, newId());
    const client = { caller, sessionId, signal: signalOf(reply) };
    const response = await this.servers.answer(client, toWebRequest(request), body);
    await reply.send(response);
  }
}

function toWebRequest({ method, headers, host, url }: FastifyRequest): Request {
  const given = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Request(new URL(url, `http://${host}`), { method, headers: given });
}
