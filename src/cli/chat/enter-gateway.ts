import { type GoClawClient, RpcError } from '#client';
import { ErrorCode } from '#protocol';
import { CliError } from '../cli.errors.js';
import type { ChatTarget } from './chat-target.js';

/**
 * Connects; returns the user that the gateway takes us for.
 * @throws CliError `gateway-unreachable` or `not-admitted`, with the flag that helps.
 */
export async function enterGateway(client: GoClawClient, target: ChatTarget): Promise<string> {
  try {
    return (await client.connect()).user_id;
  } catch (error) {
    throw error instanceof RpcError ? explain(error, target) : error;
  }
}

function explain(error: RpcError, { url, token, userId }: ChatTarget): Error {
  if (error.code === ErrorCode.UNAVAILABLE) {
    const message = `No gateway answers at ${url}. Start one with "npm start" or "goclaw serve", or name another with --url.`;
    return new CliError('gateway-unreachable', message, error);
  }
  if (error.code === ErrorCode.UNAUTHORIZED) {
    const what = token === undefined ? 'The gateway wants a token.' : error.message;
    const remedy = "Pass the gateway's token with --token, or set GOCLAW_GATEWAY_TOKEN.";
    return new CliError('not-admitted', `${what} ${remedy}`, error);
  }
  if (error.code === ErrorCode.INVALID_REQUEST) {
    // What the gateway cannot use of an introduction is the user id.
    const what = userId === undefined ? 'This gateway serves several users.' : error.message;
    return new CliError('not-admitted', `${what} Say who you are with --user <id>.`, error);
  }
  return error;
}
