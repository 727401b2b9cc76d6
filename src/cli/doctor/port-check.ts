import { createServer } from 'node:net';
import type { ConfigService } from '#config';
import { AppError } from '#kernel';
import { GatewayConfig, requireSafeListening } from '#permissions';
import { gatewayAddress, gatewayOrigin } from '../gateway-address.js';
import type { Finding } from './finding.js';

const check = 'port';

/** What listens on this machine answers at once. */
const HEALTH_LIMIT_MS = 2_000;

/** The address of the gateway: allowed, and free or already the gateway's. */
export async function checkPort(config: ConfigService): Promise<Finding[]> {
  const address = config.get(GatewayConfig);
  return [...checkListeningRule(config), await checkAddress(address)];
}

function checkListeningRule(config: ConfigService): Finding[] {
  try {
    requireSafeListening(config);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const remedy = 'Set GOCLAW_GATEWAY_TOKEN (e.g. openssl rand -hex 32), or GOCLAW_HOST=127.0.0.1.';
    return [{ check: 'listening', level: 'problem', message: error.message, remedy }];
  }
}

async function checkAddress({ host, port }: Readonly<GatewayConfig>): Promise<Finding> {
  if (port === 0) return { check, level: 'ok', message: 'any free port (gateway.port is 0)' };
  const shown = gatewayAddress(host, port);
  const code = await tryListening(host, port);
  if (code === undefined) return { check, level: 'ok', message: `${shown} is free` };
  if (code === 'EADDRINUSE') {
    if (await isGateway(gatewayOrigin(host, port)))
      return { check, level: 'ok', message: `a GoClaw gateway is running on ${shown}` };
    const remedy = 'Stop what listens there, or set GOCLAW_PORT to another port.';
    return { check, level: 'problem', message: `${shown} is used by another program`, remedy };
  }
  const remedy = 'Set GOCLAW_HOST to an address of this machine and GOCLAW_PORT to a port above 1023.';
  return { check, level: 'problem', message: `the gateway cannot listen on ${shown} (${code})`, remedy };
}

/** The system's error code; `undefined` when listening worked. */
function tryListening(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

async function isGateway(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'status' in body && 'protocol' in body;
  } catch {
    return false;
  }
}
