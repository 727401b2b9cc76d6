import type { ConfigService } from '#config';
import { GatewayConfig, readGeneratedToken } from '#permissions';
import { deploymentOf } from '#store';
import { CliError } from '../cli.errors.js';
import { gatewayOrigin } from '../gateway-address.js';
import type { ChatFlags } from './chat-flags.js';

/** The gateway to talk to, and as whom. */
export interface ChatTarget {
  readonly url: string;
  readonly token?: string;
  readonly userId?: string;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * What the flags say, else the configuration of this machine's gateway.
 * @throws CliError `invalid-option` when there is no usable address.
 */
export function chatTarget(flags: ChatFlags, config: ConfigService): ChatTarget {
  const url = flags.url === undefined ? configuredUrl(config) : parseUrl(flags.url);
  const token = flags.token ?? config.get(GatewayConfig).token ?? generatedToken(url, config);
  return {
    url: url.href,
    ...(token === undefined ? {} : { token }),
    ...(flags.user === undefined ? {} : { userId: flags.user }),
  };
}

function configuredUrl(config: ConfigService): URL {
  const { host, port } = config.get(GatewayConfig);
  if (port !== 0) return parseUrl(gatewayOrigin(host, port));
  throw new CliError(
    'invalid-option',
    'gateway.port is 0, so the gateway has picked a port of its own. Pass --url with the address that it printed at its start.',
  );
}

/** Takes `host:port` too. */
function parseUrl(text: string): URL {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (!url || !/^(https?|wss?):$/.test(url.protocol))
    throw new CliError(
      'invalid-option',
      `--url ${text} is no address. Example: --url http://127.0.0.1:18790`,
    );
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/') url.pathname = '/ws';
  return url;
}

/** It opens a gateway of this machine alone, and is told to no other. */
function generatedToken(url: URL, config: ConfigService): string | undefined {
  return LOOPBACK.test(url.hostname) ? readGeneratedToken(deploymentOf(config).dataDir) : undefined;
}
