import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AGENT_STATUSES, AGENT_TYPES, AgentAdmin, type AgentView, agentView } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import type { AgentFilter } from '#store';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, textQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { AgentInputDto } from './dto/agent.dto.js';

/** What an agent shows besides what can be set. */
const SHOWN_ONLY = ['name'];

/** Agents. An admin sees all of them, everybody else those that they may use. `:id` is a UUID or a key. */
@Controller('v1/agents')
@UseInterceptors(EtagInterceptor)
export class AgentsController {
  constructor(private readonly agents: AgentAdmin) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'agent-use' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    return pageAnswer('agents', await this.agents.page(caller, filterOf(query), pageQuery(query)));
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(AgentInputDto, body, { ignored: SHOWN_ONLY });
    return { ...agentView(await this.agents.create(caller, input)), ok: 'true' };
  }

  @Get(':id')
  @Access('viewer', { mode: 'managed', ownership: 'agent-use' })
  find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<AgentView> {
    return this.agents.get(caller, id);
  }

  @Put(':id')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.update(caller, id, body, request);
  }

  @Patch(':id')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const input = readBody(AgentInputDto, body, { partial: true, ignored: SHOWN_ONLY });
    const version = ifMatch(request);
    const agent = await this.agents.update(caller, id, input, { ...(version !== undefined && { version }) });
    return { ...agentView(agent), ok: 'true' };
  }

  @Delete(':id')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return { ...agentView(await this.agents.remove(caller, id, ifMatch(request))), ok: 'true' };
  }
}

function filterOf(query: Record<string, unknown>): AgentFilter {
  const given = {
    ownerId: textQuery('owner_id', query['owner_id']),
    status: choiceQuery('status', query['status'], AGENT_STATUSES),
    agentType: choiceQuery('agent_type', query['agent_type'], AGENT_TYPES),
    provider: textQuery('provider', query['provider']),
    q: textQuery('q', query['q']),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
