import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { ConfigSection, Describe, NestedMap, SecretMap } from '#config';
import { IsTextMap } from './is-text-map.js';
import { MCP_TRANSPORTS, type McpTransport } from './mcp-input.js';

const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const TIMEOUT_MAX_SEC = 3_600;

/** One entry of `tools.mcp_servers`: a server that every agent and every user has. */
export class McpServerConfig {
  @IsOptional() @IsIn(MCP_TRANSPORTS) transport?: McpTransport;

  /** The program to start; for `stdio`. */
  @IsOptional() @IsString() command?: string;
  @IsArray() @IsString({ each: true }) args: string[] = [];
  /** Variables of the process, beside a minimal environment. `${GOCLAW_MCP_…}` is replaced by that variable. */
  @Describe('Variables of the process. ${GOCLAW_MCP_…} is replaced by that variable of the environment.')
  @IsTextMap()
  @SecretMap()
  env: Record<string, string> = {};

  /** For `sse` and `streamable-http`. */
  @IsOptional() @IsUrl(HTTP_URL) url?: string;
  @Describe('Headers of every request. ${GOCLAW_MCP_…} is replaced by that variable of the environment.')
  @IsTextMap()
  @SecretMap({ sentTo: 'url' })
  headers: Record<string, string> = {};

  @IsBoolean() enabled = true;

  /** Put before the names of its tools: `<prefix>__<tool>`. */
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{0,50}$/, {
    message: 'tool_prefix must consist of up to 50 letters, digits, _ and -',
  })
  tool_prefix?: string;

  @Describe('Seconds that one call of a tool may take.')
  @IsInt()
  @Min(1)
  @Max(TIMEOUT_MAX_SEC)
  timeout_sec = 60;
}

/** `tools.mcp_servers`, and where authorization servers send people back to. */
@ConfigSection('tools', { live: true })
export class McpConfig {
  @NestedMap(() => McpServerConfig) mcp_servers: Record<string, McpServerConfig> = {};

  @Describe(
    'This gateway’s …/v1/mcp/oauth/callback as browsers reach it. Needed unless it listens on this machine only.',
  )
  @IsOptional()
  @IsUrl(HTTP_URL)
  mcp_oauth_callback_url?: string;
}
