import type { ConfigService } from '#config';
import { chatTarget } from '../chat/chat-target.js';
import { CliError } from '../cli.errors.js';

/** Where the gateway is, and what it wants to know. */
export interface GatewayFlags {
  readonly url?: string;
  readonly token?: string;
}

/** In the audit log: who did it with the gateway's token from the command line. */
const CLI_USER = 'cli';

/**
 * Asks the REST interface of a running gateway as its admin.
 * @throws CliError `gateway-unreachable`, `not-admitted` and `refused` with the gateway's own words
 */
export async function askGateway(
  config: ConfigService,
  flags: GatewayFlags,
  { method, path }: { readonly method: string; readonly path: string },
): Promise<Response> {
  const { url, token } = chatTarget(flags, config);
  const origin = new URL(url.replace(/^ws/, 'http')).origin;
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    'x-goclaw-user-id': CLI_USER,
  };
  const response = await fetch(`${origin}${path}`, { method, headers }).catch((error: unknown) => {
    const message = `No gateway answers at ${origin}. Start one with "goclaw serve", or name another with --url.`;
    throw new CliError('gateway-unreachable', message, error);
  });
  if (response.ok) return response;
  const message = await messageOf(response);
  if (response.status === 401 || response.status === 403)
    throw new CliError(
      'not-admitted',
      `${message} Pass the gateway's token with --token, or set GOCLAW_GATEWAY_TOKEN.`,
    );
  throw new CliError('refused', message);
}

async function messageOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const error: unknown = Reflect.get(Object(body) as object, 'error');
  const message: unknown = Reflect.get(Object(error) as object, 'message');
  return typeof message === 'string' ? message : `The gateway answered ${response.status}.`;
}
