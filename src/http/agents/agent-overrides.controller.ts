import { Body, Controller, Delete, Get, Param, Put, Query, Req, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AgentOverrides } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { withoutNulls } from '../rest/without-nulls.js';
import { AgentOverrideInputDto } from './dto/agent-override.dto.js';

/** What users set for themselves on an agent. `:userID` is `me`, or for an admin anybody. */
@Controller('v1/agents/:id/overrides')
@UseInterceptors(EtagInterceptor)
export class AgentOverridesController {
  constructor(private readonly overrides: AgentOverrides) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'agent-edit' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<object> {
    const page = await this.overrides.page(caller, id, pageQuery(query));
    return pageAnswer('overrides', { ...page, items: page.items.map(withoutNulls) });
  }

  @Get(':userID')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async find(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') user: string,
  ): Promise<object> {
    return withoutNulls(await this.overrides.get(caller, id, user));
  }

  /** Replaces all that is set: what is not given is the agent's again. */
  @Put(':userID')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') user: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const input = readBody(AgentOverrideInputDto, body, { ignored: ['agent_id', 'user_id', 'status'] });
    const row = await this.overrides.put(caller, id, user, input, ifMatch(request));
    return { ...withoutNulls(row), status: 'updated' };
  }

  @Delete(':userID')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') user: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const row = await this.overrides.remove(caller, id, user, ifMatch(request));
    return { ...withoutNulls(row), status: 'deleted' };
  }
}
