import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
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
import { MCP_TRANSPORTS, McpServers, McpStatus, type McpTestResult } from '#mcp';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, flagQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { McpServerInputDto } from './dto/mcp-server.dto.js';

/** What is shown and never set, in a body that somebody read before. */
const SHOWN = { ignored: ['status', 'connection', 'secrets_unreadable'] };

/** The MCP servers that admins keep. */
@Controller('v1/mcp/servers')
@UseInterceptors(EtagInterceptor)
export class McpServersController {
  constructor(
    private readonly servers: McpServers,
    private readonly connections: McpStatus,
  ) {}

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
    return pageAnswer('servers', { ...page, items: page.items.map((server) => this.connected(server)) });
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(McpServerInputDto, body, SHOWN);
    return this.connected(await this.servers.create(caller, input));
  }

  @Get(':id')
  @Access('admin', { mode: 'managed' })
  async find(@Param('id') id: string): Promise<object> {
    return this.connected(await this.servers.get(id));
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
    return { ...this.connected(server), status: 'updated' };
  }

  @Delete(':id')
  @Access('admin', { mode: 'managed' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const server = await this.servers.remove(caller, id, ifMatch(request));
    return { ...server, status: 'deleted' };
  }

  /** Connects once, as the caller. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  test(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<McpTestResult> {
    return this.connections.test(caller, id);
  }

  private connected<T extends { readonly id: string }>(server: T): T & { readonly connection: object } {
    return { ...server, connection: this.connections.of(server.id) };
  }
}
