import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGeneratedToken, resolveGatewayToken, TOKEN_FILE } from './gateway-token.js';

describe('the gateway token', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'goclaw-token-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is the configured one, and nothing is written then', () => {
    expect(resolveGatewayToken('configured-token', directory)).toMatchObject({
      value: 'configured-token',
      origin: 'configured',
    });
    expect(readGeneratedToken(directory)).toBeUndefined();
  });

  it('is generated once, strong, and kept where only the owner can read it', () => {
    const first = resolveGatewayToken(undefined, directory);
    expect(first.origin).toBe('new');
    expect(Buffer.from(first.value, 'base64url')).toHaveLength(32);
    const file = join(directory, TOKEN_FILE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first.value);
    expect(resolveGatewayToken(undefined, directory)).toMatchObject({ value: first.value, origin: 'kept' });
  });

  it('is another one in every data directory', () => {
    const other = mkdtempSync(join(tmpdir(), 'goclaw-token-'));
    expect(resolveGatewayToken(undefined, directory).value).not.toBe(
      resolveGatewayToken(undefined, other).value,
    );
    rmSync(other, { recursive: true });
  });

  it('replaces an empty file that everybody could read', () => {
    const file = join(directory, TOKEN_FILE);
    writeFileSync(file, '\n');
    chmodSync(file, 0o644);
    expect(resolveGatewayToken(undefined, directory).origin).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
