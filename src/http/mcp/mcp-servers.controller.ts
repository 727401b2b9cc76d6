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
import { MCP_TRANSPORTS, McpServers } from '#mcp';
import { Access, NO_RUNTIME } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, flagQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { McpServerInputDto } from './dto/mcp-server.dto.js';

/** What is shown and never set, in a body that somebody read before. */
const SHOWN = { ignored: ['status', 'runtime', 'secrets_unreadable'] };

/** The MCP servers that admins keep. */
@Controller('v1/mcp/servers')
@UseInterceptors(EtagInterceptor)
export class McpServersController {
  constructor(private readonly servers: McpServers) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Record<string, unknown>): Promise<object> {
    const enabled = flagQuery('enabled', query['enabled']);
    const transport = choiceQuery('transport', query['transport'], MCP_TRANSPORTS);
    const filter = {
      ...(enabled !== undefined && { enabled }),
      ...(transport !== undefined && { transport }),
    };
    const page = await this.servers.page(filter, pageQuery(query));
    return { ...pageAnswer('servers', page), ...NO_RUNTIME };
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(McpServerInputDto, body, SHOWN);
    return { ...(await this.servers.create(caller, input)), ...NO_RUNTIME };
  }

  @Get(':id')
  @Access('admin', { mode: 'managed' })
  async find(@Param('id') id: string): Promise<object> {
    return { ...(await this.servers.get(id)), ...NO_RUNTIME };
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
    const input = readBody(McpServerInputDto, body, { partial: true, ...SHOWN });
    const server = await this.servers.update(caller, id, input, ifMatch(request));
    return { ...server, ...NO_RUNTIME, status: 'updated' };
  }

  @Delete(':id')
  @Access('admin', { mode: 'managed' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const server = await this.servers.remove(caller, id, ifMatch(request));
    return { ...server, ...NO_RUNTIME, status: 'deleted' };
  }
}
