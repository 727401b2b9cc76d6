import { Controller, Get, Param, Query } from '@nestjs/common';
import { type ToolExplanation, ToolExplanations, type ToolQuestion } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { booleanQuery, textQuery } from '../input/query.js';

/** Which tools an agent has for the caller, and why. `:id` is a UUID or a key. */
@Controller('v1/agents/:id/tools')
export class AgentToolsController {
  constructor(private readonly explanations: ToolExplanations) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'agent-use' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<object> {
    const { agentId, provider, tools } = await this.explanations.all(caller, id, questionOf(query));
    return { agent: agentId, provider, tools };
  }

  /** Also of a tool that there is not: that is what is asked. */
  @Get(':name')
  @Access('viewer', { mode: 'managed', ownership: 'agent-use' })
  find(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
  ): Promise<ToolExplanation> {
    return this.explanations.one(caller, id, name, questionOf(query));
  }
}

/** @throws HttpError */
function questionOf(query: Record<string, unknown>): ToolQuestion {
  const provider = textQuery('provider', query['provider']);
  const channel = textQuery('channel', query['channel']);
  return {
    ...(provider !== undefined && { provider }),
    ...(channel !== undefined && { channel }),
    isSubagent: booleanQuery('subagent', query['subagent']),
  };
}
