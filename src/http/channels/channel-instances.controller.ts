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
import { CHANNEL_TYPES, ChannelInstances } from '#channels';
import type { Caller } from '#contracts';
import { Access, NO_RUNTIME } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, flagQuery, uuidQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { ChannelInstanceInputDto } from './dto/channel-instance.dto.js';

/** What is shown and never set, in a body that somebody read before. */
const SHOWN = { ignored: ['status', 'runtime', 'is_default', 'secrets_unreadable'] };

/** Accounts of chat platforms. An admin keeps all, everybody else those of the agents that they may change. */
@Controller('v1/channels/instances')
@UseInterceptors(EtagInterceptor)
export class ChannelInstancesController {
  constructor(private readonly instances: ChannelInstances) {}

  @Get()
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    const enabled = flagQuery('enabled', query['enabled']);
    const type = choiceQuery('channel_type', query['channel_type'], CHANNEL_TYPES);
    const agent = uuidQuery('agent_id', query['agent_id']);
    const filter = {
      ...(enabled !== undefined && { enabled }),
      ...(type !== undefined && { channel_type: type }),
      ...(agent !== undefined && { agent_id: agent }),
    };
    const page = await this.instances.page(caller, filter, pageQuery(query));
    return { ...pageAnswer('instances', page), ...NO_RUNTIME };
  }

  @Post()
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(ChannelInstanceInputDto, body, SHOWN);
    return { ...(await this.instances.create(caller, input)), ...NO_RUNTIME };
  }

  @Get(':id')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return { ...(await this.instances.get(caller, id)), ...NO_RUNTIME };
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
    const input = readBody(ChannelInstanceInputDto, body, { partial: true, ...SHOWN });
    const instance = await this.instances.update(caller, id, input, ifMatch(request));
    return { ...instance, ...NO_RUNTIME, status: 'updated' };
  }

  @Delete(':id')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const instance = await this.instances.remove(caller, id, ifMatch(request));
    return { ...instance, ...NO_RUNTIME, status: 'deleted' };
  }
}
