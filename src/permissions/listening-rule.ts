import { isIPv6 } from 'node:net';
import type { ConfigService } from '#config';
import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';
import { GatewayConfig } from './gateway.config.js';

/** A gateway that others can reach needs a token that somebody chose. @throws AppError FAILED_PRECONDITION */
export function requireSafeListening(config: ConfigService): void {
  const { host, token } = config.get(GatewayConfig);
  if (token || isLoopback(host)) return;
  throw new AppError(
    ErrorCode.FAILED_PRECONDITION,
    `gateway.host is ${host}, which others can reach, and no token is configured. ` +
      'Set GOCLAW_GATEWAY_TOKEN (16 characters or more), or listen on 127.0.0.1.',
  );
}

function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return (
    name === 'localhost' || /^127(\.\d{1,3}){3}$/.test(name) || (isIPv6(name) && /^(0*:)*0*1$/.test(name))
  );
}
