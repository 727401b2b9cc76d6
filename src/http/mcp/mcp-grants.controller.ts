import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import type { Caller } from '#contracts';
import { McpGrants } from '#mcp';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { readBody } from '../rest/read-body.js';
import { withoutNulls } from '../rest/without-nulls.js';
import { McpAgentGrantInputDto, McpUserGrantInputDto } from './dto/mcp-grant.dto.js';

const MARKER = { ignored: ['status', 'server_id', 'granted_by'] };

/** Which agents and users may use which MCP server. Granting again changes the terms; revoking is idempotent. */
@Controller('v1/mcp')
export class McpGrantsController {
  constructor(private readonly grants: McpGrants) {}

  @Get('servers/:id/grants')
  @Access('admin', { mode: 'managed' })
  async ofServer(@Param('id') id: string): Promise<object> {
    const { agents, users } = await this.grants.ofServer(id);
    return { agents: agents.map(withoutNulls), users: users.map(withoutNulls) };
  }

  @Get('grants/agent/:agentID')
  @Access('admin', { mode: 'managed' })
  async ofAgent(@Param('agentID') agent: string): Promise<object> {
    return { grants: (await this.grants.ofAgent(agent)).map(withoutNulls) };
  }

  @Post('servers/:id/grants/agent')
  @Access('admin', { mode: 'managed' })
  async grantAgent(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const grant = await this.grants.grantAgent(caller, id, readBody(McpAgentGrantInputDto, body, MARKER));
    return { ...withoutNulls(grant), status: 'granted' };
  }

  @Delete('servers/:id/grants/agent/:agentID')
  @Access('admin', { mode: 'managed' })
  async revokeAgent(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('agentID') agent: string,
  ): Promise<object> {
    const grant = await this.grants.revokeAgent(caller, id, agent);
    return { ...(grant && withoutNulls(grant)), status: 'revoked' };
  }

  @Post('servers/:id/grants/user')
  @Access('admin', { mode: 'managed' })
  async grantUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const grant = await this.grants.grantUser(caller, id, readBody(McpUserGrantInputDto, body, MARKER));
    return { ...withoutNulls(grant), status: 'granted' };
  }

  @Delete('servers/:id/grants/user/:userID')
  @Access('admin', { mode: 'managed' })
  async revokeUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('userID') user: string,
  ): Promise<object> {
    const grant = await this.grants.revokeUser(caller, id, user);
    return { ...(grant && withoutNulls(grant)), status: 'revoked' };
  }
}
