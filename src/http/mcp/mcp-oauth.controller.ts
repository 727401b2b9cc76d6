import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { McpConfig, McpOAuth, OAuthClients } from '#mcp';
import { Access, GatewayConfig, RecordError } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { readBody } from '../rest/read-body.js';
import { McpOAuthClientInputDto } from './dto/mcp-oauth.dto.js';
import { VisibleMcpServers } from './visible-mcp-servers.js';

const CALLBACK = '/v1/mcp/oauth/callback';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Users sign in at MCP servers, each for himself; admins say what the gateway is there. */
@Controller('v1/mcp/servers/:id/oauth')
export class McpOAuthController {
  constructor(
    private readonly oauth: McpOAuth,
    private readonly clients: OAuthClients,
    private readonly visible: VisibleMcpServers,
    private readonly config: ConfigService,
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
    return this.oauth.authorize(caller, id, this.callbackUrl(request));
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

  /** Never what a request says of itself: codes of users would go there. @throws RecordError `precondition` */
  private callbackUrl({ socket }: FastifyRequest): string {
    const configured = this.config.get(McpConfig).mcp_oauth_callback_url;
    if (configured !== undefined) return configured;
    const { host } = this.config.get(GatewayConfig);
    if (LOOPBACK.test(host))
      return `http://${host.includes(':') ? `[${host}]` : host}:${socket.localPort}${CALLBACK}`;
    throw new RecordError(
      'precondition',
      `Nobody can be sent back here: set tools.mcp_oauth_callback_url to this gateway’s public address with ${CALLBACK}.`,
    );
  }
}
