import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '#store';
import { testConfig } from '../cli-context.fixture.js';
import { CliError } from '../cli.errors.js';
import { chatTarget } from './chat-target.js';

const GENERATED = 'generated-on-this-machine';

function configWithGeneratedToken(config: Record<string, unknown> = {}) {
  const loaded = testConfig({ config });
  const { dataDir } = deploymentOf(loaded);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'gateway-token'), `${GENERATED}\n`);
  return loaded;
}

describe('the gateway to chat with', () => {
  it.each([
    [{}, 'ws://127.0.0.1:18790/ws'],
    [{ host: '0.0.0.0', port: 1234 }, 'ws://127.0.0.1:1234/ws'],
    [{ host: '::' }, 'ws://[::1]:18790/ws'],
    [{ host: '192.168.7.7' }, 'ws://192.168.7.7:18790/ws'],
  ])('is the configured one: %j', (gateway, url) => {
    expect(chatTarget({}, testConfig({ config: { gateway } })).url).toBe(url);
  });

  it.each([
    ['http://example.com', 'ws://example.com/ws'],
    ['https://example.com:8443', 'wss://example.com:8443/ws'],
    ['wss://example.com/agents/ws', 'wss://example.com/agents/ws'],
    ['localhost:9999', 'ws://localhost:9999/ws'],
  ])('is the one that --url %s names', (url, expected) => {
    expect(chatTarget({ url }, testConfig()).url).toBe(expected);
  });

  it.each(['ftp://example.com', 'not an address', ''])('is not %j', (url) => {
    expect(() => chatTarget({ url }, testConfig())).toThrow(CliError);
  });

  it('cannot be guessed when the gateway picks its port', () => {
    const config = testConfig({ config: { gateway: { port: 0 } } });
    expect(() => chatTarget({}, config)).toThrow(/--url/);
    expect(chatTarget({ url: 'localhost:1' }, config).url).toBe('ws://localhost:1/ws');
  });
});

describe('the token to chat with', () => {
  it('is the flag, else the configured one, else the generated one', () => {
    const configured = testConfig({ env: { GOCLAW_GATEWAY_TOKEN: 'configured-token-1' } });
    expect(chatTarget({ token: 'flag' }, configured).token).toBe('flag');
    expect(chatTarget({}, configured).token).toBe('configured-token-1');
    expect(chatTarget({}, configWithGeneratedToken()).token).toBe(GENERATED);
    expect(chatTarget({}, testConfig())).not.toHaveProperty('token');
  });

  it('is never the generated one for another machine', () => {
    const config = configWithGeneratedToken();
    for (const url of ['http://localhost:1', 'http://127.0.0.1', 'http://[::1]:5'])
      expect(chatTarget({ url }, config).token).toBe(GENERATED);
    for (const url of ['http://example.com', 'http://127.0.0.1.example.com', 'http://10.0.0.1'])
      expect(chatTarget({ url }, config)).not.toHaveProperty('token');
  });
});
