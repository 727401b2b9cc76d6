import type { Environment } from '#config';
import type { McpServerConfig } from '../mcp.config.js';
import { type McpServerTerms, withFingerprint } from './server-terms.js';
import { namesUser } from './user-placeholders.js';

/** Only these: whoever may change the configuration must not read the gateway's own secrets by it. */
const REFERENCE = /\$\{(GOCLAW_MCP_[A-Z0-9_]+)\}/g;

type Texts = Readonly<Record<string, string>>;

/** A server of `tools.mcp_servers`. What is missing is said in `broken`. */
export function termsOfConfig(name: string, config: McpServerConfig, env: Environment): McpServerTerms {
  const transport = config.transport ?? (config.url === undefined ? 'stdio' : 'streamable-http');
  const missing = new Set<string>();
  const resolve = (texts: Texts): Texts => resolved(texts, env, missing);
  const address =
    transport === 'stdio'
      ? {
          transport,
          command: config.command ?? '',
          args: config.args,
          env: resolve(config.env),
        }
      : { transport, url: config.url ?? '', headers: resolve(config.headers) };
  const broken = problemOf(name, address, missing);
  return withFingerprint({
    key: `config:${name}`,
    name,
    address,
    prefix: config.tool_prefix ?? '',
    timeoutMs: config.timeout_sec * 1_000,
    isPerUser: namesUser(address.transport === 'stdio' ? address.env : address.headers),
    needsOAuth: false,
    ...(broken !== undefined && { broken }),
  });
}

function resolved(texts: Texts, env: Environment, missing: Set<string>): Texts {
  const put = (text: string): string =>
    text.replaceAll(REFERENCE, (_, variable: string) => {
      const value = env[variable];
      if (value === undefined || value === '') missing.add(variable);
      return value ?? '';
    });
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, put(text)]));
}

function problemOf(
  name: string,
  address: McpServerTerms['address'],
  missing: ReadonlySet<string>,
): string | undefined {
  const at = `tools.mcp_servers.${name}`;
  if (missing.size > 0) return `${at} names ${[...missing].join(', ')}: set it in the environment.`;
  if (address.transport === 'stdio') return address.command === '' ? `Set ${at}.command.` : undefined;
  return address.url === '' ? `Set ${at}.url.` : undefined;
}
