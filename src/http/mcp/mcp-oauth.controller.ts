import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { VisibleMcpServers } from '#agent';
import type { Caller } from '#contracts';
import { CallbackUrl, McpOAuth, OAuthClients } from '#mcp';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { readBody } from '../rest/read-body.js';
import { McpOAuthClientInputDto } from './dto/mcp-oauth.dto.js';

/** Users sign in at MCP servers, each for himself; admins say what the gateway is there. */
@Controller('v1/mcp/servers/:id/oauth')
export class McpOAuthController {
  constructor(
    private readonly oauth: McpOAuth,
    private readonly clients: OAuthClients,
    private readonly visible: VisibleMcpServers,
    private readonly callback: CallbackUrl,
  ) {}

  @Post('authorize')
  @HttpCode(200)
  @Access('operator', { ownership: 'own' })
  async authorize(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    await this.visible.require(caller, id);
    return this.oauth.authorize(caller, id, this.callback.at(request.socket.localPort));
  }

  @Get('token')
  @Access('viewer', { ownership: 'own' })
  token(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return this.oauth.token(caller, id);
  }

  @Delete('token')
  @Access('operator', { ownership: 'own' })
  async signOut(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    // Also at a server that he no longer may see; of one where he has nothing, he is told nothing.
    const revoked = await this.oauth.signOut(caller, id);
    if (revoked === undefined) await this.visible.require(caller, id);
    return { connected: false, revoked: revoked ?? false };
  }

  @Get('client')
  @Access('admin')
  client(@Param('id') id: string): Promise<object> {
    return this.clients.get(id);
  }

  @Put('client')
  @Access('admin')
  setClient(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    return this.clients.set(caller, id, readBody(McpOAuthClientInputDto, body, { ignored: ['manual'] }));
  }

  @Delete('client')
  @Access('admin')
  async removeClient(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    await this.clients.remove(caller, id);
    return { status: 'deleted' };
  }
}
