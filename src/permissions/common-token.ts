import { ErrorCode } from '#protocol';
import { AppError } from '#kernel';
import type { DeploymentFacts } from '#store';
import type { GatewayToken } from './gateway-token.js';

/** All replicas of a deployment open with the same token. @throws AppError FAILED_PRECONDITION */
export async function requireCommonToken(token: GatewayToken, facts: DeploymentFacts): Promise<void> {
  if (await facts.agree('gateway.token', token.value)) return;
  const own = token.origin === 'configured' ? 'GOCLAW_GATEWAY_TOKEN' : 'The generated token of this gateway';
  throw new AppError(
    ErrorCode.FAILED_PRECONDITION,
    `${own} is not the token of the other gateways that run on this database. ` +
      'Set GOCLAW_GATEWAY_TOKEN to the same value everywhere; to change it, stop all of them first.',
  );
}
