import { Controller, Get, Param } from '@nestjs/common';
import { AgentAccess } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { HttpError } from '../http.errors.js';
import { agentOfModel, modelOfAgent } from '../input/agent-choice.js';
import type { ModelDto, ModelListDto } from './dto/model.dto.js';

type ListedAgent = Awaited<ReturnType<AgentAccess['list']>>[number];

/** The agents that the caller may use, as models. */
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly agents: AgentAccess) {}

  @Get()
  @Access('viewer', { ownership: 'agent-use' })
  async list(@CurrentCaller() caller: Caller): Promise<ModelListDto> {
    return { object: 'list', data: (await this.agents.list(caller)).map(toModel) };
  }

  @Get(':id')
  @Access('viewer', { ownership: 'agent-use' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<ModelDto> {
    const key = agentOfModel(id);
    const agent = (await this.agents.list(caller)).find(({ agent_key }) => agent_key === key);
    if (agent) return toModel(agent);
    throw new HttpError('model-not-found', `There is no model ${id}. GET /v1/models lists yours.`, {
      param: 'model',
    });
  }
}

function toModel({ agent_key, owner_id, created_at }: ListedAgent): ModelDto {
  return {
    id: modelOfAgent(agent_key),
    object: 'model',
    created: Math.floor(created_at.getTime() / 1_000),
    owned_by: owner_id,
  };
}
