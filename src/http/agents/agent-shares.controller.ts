import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { AgentShares } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { AgentShareInputDto } from './dto/agent-share.dto.js';

/** Whom an agent is shared with. Its owner and admins decide. */
@Controller('v1/agents/:id/shares')
export class AgentSharesController {
  constructor(private readonly shares: AgentShares) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'agent-edit' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<object> {
    return pageAnswer('shares', await this.shares.page(caller, id, pageQuery(query)));
  }

  /** Who has the agent already gets the other role. */
  @Post()
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async create(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const { user_id, role } = readBody(AgentShareInputDto, body);
    return { ...(await this.shares.put(caller, id, user_id, role)), ok: 'true' };
  }

  @Delete(':userID')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') userId: string,
  ): Promise<object> {
    return { ...(await this.shares.remove(caller, id, userId)), ok: 'true' };
  }
}
