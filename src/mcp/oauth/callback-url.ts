import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { GatewayConfig, RecordError } from '#permissions';
import { McpConfig } from '../mcp.config.js';

const CALLBACK = '/v1/mcp/oauth/callback';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Where authorization servers send browsers back to. */
@Injectable()
export class CallbackUrl {
  constructor(private readonly config: ConfigService) {}

  /**
   * Never what a request says of itself: codes of users would go there.
   * @param port at which the request came in
   * @throws RecordError `precondition`
   */
  at(port: number | undefined): string {
    const configured = this.config.get(McpConfig).mcp_oauth_callback_url;
    if (configured !== undefined) return configured;
    const { host } = this.config.get(GatewayConfig);
    if (LOOPBACK.test(host) && port !== undefined)
      return `http://${host.includes(':') ? `[${host}]` : host}:${port}${CALLBACK}`;
    throw new RecordError(
      'precondition',
      `Nobody can be sent back here: set tools.mcp_oauth_callback_url to this gateway’s public address with ${CALLBACK}.`,
    );
  }
}
