import { Injectable } from '@nestjs/common';
import { VisibleMcpServers } from '#agent';
import { CallbackUrl, McpOAuth } from '#mcp';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { McpSignInParams } from './mcp.dto.js';

/** MCP servers, for the people who use their tools. */
@Injectable()
export class McpMethods {
  constructor(
    private readonly visible: VisibleMcpServers,
    private readonly oauth: McpOAuth,
    private readonly callback: CallbackUrl,
  ) {}

  @Access('operator', { ownership: 'own' })
  @RpcMethod('mcp.signIn', McpSignInParams)
  async signIn(
    { server }: McpSignInParams,
    { caller, socket }: RpcContext,
  ): Promise<Methods['mcp.signIn']['result']> {
    const { key, name } = await this.visible.named(caller, server);
    const begun = await this.oauth.authorize(caller, key, this.callback.at(socket.localPort));
    return { server: name, authorizationUrl: begun.authorization_url, expiresAt: begun.expires_at };
  }
}
