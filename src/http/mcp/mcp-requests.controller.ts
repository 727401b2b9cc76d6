import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { McpRequests } from '#mcp';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { EditableAgents } from '../access/editable-agents.js';
import { choiceQuery, uuidQuery } from '../input/query.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { withoutNulls } from '../rest/without-nulls.js';
import { McpRequestInputDto, McpReviewDto } from './dto/mcp-request.dto.js';

const STATUSES = ['pending', 'approved', 'rejected', 'all'] as const;

/** People ask for MCP servers, admins grant or refuse. */
@Controller('v1/mcp/requests')
export class McpRequestsController {
  constructor(
    private readonly requests: McpRequests,
    private readonly agents: EditableAgents,
  ) {}

  /** An admin sees those of all, everybody else their own. */
  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    choiceQuery('status', query['status'], STATUSES);
    const status = STATUSES.find((one) => one === query['status']) ?? 'pending';
    const server = uuidQuery('server_id', query['server_id']);
    const filter = { ...(status !== 'all' && { status }), ...(server !== undefined && { server }) };
    const page = await this.requests.page(caller, filter, pageQuery(query));
    return pageAnswer('requests', { ...page, items: page.items.map(withoutNulls) });
  }

  @Post()
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const input = readBody(McpRequestInputDto, body);
    if (input.scope === 'agent' && input.agent_id) await this.agents.require(caller, input.agent_id);
    return withoutNulls(await this.requests.create(caller, input));
  }

  @Post(':id/review')
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  async review(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const { approved, note } = readBody(McpReviewDto, body);
    return withoutNulls(await this.requests.review(caller, id, approved, note ?? null));
  }
}
