import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TOKEN_FILE = 'gateway-token';
const TOKEN_BYTES = 32;

/** The token that opens the gateway as admin. */
export class GatewayToken {
  constructor(
    readonly value: string,
    readonly origin: 'configured' | 'generated',
  ) {}
}

/** The configured token, else the one kept in the data directory, generated at the first start (mode 0600). */
export function resolveGatewayToken(configured: string | undefined, dataDir: string): GatewayToken {
  if (configured) return new GatewayToken(configured, 'configured');
  return new GatewayToken(readGeneratedToken(dataDir) ?? generate(dataDir), 'generated');
}

/** The token that an earlier start generated, if any. */
export function readGeneratedToken(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, TOKEN_FILE), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function generate(dataDir: string): string {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, TOKEN_FILE), `${token}\n`, { mode: 0o600 });
  return token;
}
