import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { SkillGrants } from '#skills';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { EditableAgents } from '../access/editable-agents.js';
import { readBody } from '../rest/read-body.js';
import { SkillAgentGrantInputDto, SkillUserGrantInputDto } from './dto/skill.dto.js';

const OK = { ok: 'true' } as const;

/** To whom a skill was given. Its owner and admins give it; giving again changes the terms, taking away is idempotent. */
@Controller('v1/skills/:id/grants')
export class SkillGrantsController {
  constructor(
    private readonly grants: SkillGrants,
    private readonly agents: EditableAgents,
  ) {}

  @Get()
  @Access('operator', { mode: 'managed', ownership: 'own' })
  list(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return this.grants.ofSkill(caller, id);
  }

  /** To agents that the caller may change: a skill tells all of their users' runs what to do. */
  @Post('agent')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async grantAgent(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const input = readBody(SkillAgentGrantInputDto, body, { taken: ['version'] });
    await this.agents.require(caller, input.agent_id);
    return { ...(await this.grants.grantAgent(caller, id, input)), ...OK };
  }

  @Delete('agent/:agentID')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async revokeAgent(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('agentID') agent: string,
  ): Promise<object> {
    return { ...(await this.grants.revokeAgent(caller, id, agent)), ...OK };
  }

  @Post('user')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async grantUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const { user_id } = readBody(SkillUserGrantInputDto, body);
    return { ...(await this.grants.grantUser(caller, id, user_id)), ...OK };
  }

  @Delete('user/:userID')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async revokeUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') user: string,
  ): Promise<object> {
    return { ...(await this.grants.revokeUser(caller, id, user)), ...OK };
  }
}
