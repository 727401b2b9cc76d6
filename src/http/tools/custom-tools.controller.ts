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
import type { Caller } from '#contracts';
import { CustomTools } from '#tools';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { flagQuery, uuidQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { CustomToolInputDto } from './dto/custom-tool.dto.js';

/** What is shown and never set, in a body that somebody read before. */
const SHOWN = { ignored: ['status', 'secrets_unreadable'] };

/** The tools that admins made of commands. */
@Controller('v1/tools/custom')
@UseInterceptors(EtagInterceptor)
export class CustomToolsController {
  constructor(private readonly tools: CustomTools) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Record<string, unknown>): Promise<object> {
    const enabled = flagQuery('enabled', query['enabled']);
    const agent = uuidQuery('agent_id', query['agent_id']);
    const filter = {
      ...(enabled !== undefined && { enabled }),
      ...(agent !== undefined && { agent_id: agent }),
    };
    const page = await this.tools.page(filter, pageQuery(query));
    return pageAnswer('tools', page);
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(CustomToolInputDto, body, SHOWN);
    return this.tools.create(caller, input);
  }

  @Get(':id')
  @Access('admin', { mode: 'managed' })
  find(@Param('id') id: string): Promise<object> {
    return this.tools.get(id);
  }

  @Put(':id')
  @Access('admin', { mode: 'managed' })
  replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.update(caller, id, body, request);
  }

  @Patch(':id')
  @Access('admin', { mode: 'managed' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const input = readBody(CustomToolInputDto, body, { partial: true, ...SHOWN });
    const tool = await this.tools.update(caller, id, input, ifMatch(request));
    return { ...tool, status: 'updated' };
  }

  @Delete(':id')
  @Access('admin', { mode: 'managed' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const tool = await this.tools.remove(caller, id, ifMatch(request));
    return { ...tool, status: 'deleted' };
  }
}
