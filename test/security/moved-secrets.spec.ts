import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../support/gateway/index.js';
import { RestClient } from '../support/rest.js';

const MOVED = 'https://evil.test/v1';
const AGAIN = /^400 providers\.\w+\.api_key is required again/;

let gateway: RunningGateway;
let admin: RestClient;

beforeAll(async () => {
  gateway = await startGateway({
    mode: 'managed',
    env: {
      GOCLAW_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
      GOCLAW_OPENAI_API_KEY: 'sk-of-the-environment',
    },
  });
  admin = RestClient.admin(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const edit = (name: string, provider: object): object => ({ providers: { [name]: provider } });
const refusal = (name: string, provider: object): Promise<string> =>
  admin.refusal('PATCH', '/v1/config', edit(name, provider));
const change = (name: string, provider: object): Promise<unknown> =>
  admin.done('PATCH', '/v1/config', edit(name, provider));

async function baseOf(name: string): Promise<unknown> {
  const { config } = await admin.done('GET', '/v1/config');
  return (config as { providers: Record<string, { api_base?: string }> }).providers[name]?.api_base;
}

describe('a secret of the configuration', () => {
  it('that is kept is sent to no other host than the one that it was given for', async () => {
    const home = 'https://a.test/v1';
    await change('acme', { api_key: 'sk-1', api_base: home });
    for (const provider of [
      { api_base: MOVED },
      { api_base: MOVED, api_key: '***' },
      { api_base: MOVED, api_key: '' },
      { api_base: 'http://a.test/v1' },
      { api_base: 'https://a.test:8443/v1' },
    ])
      expect(await refusal('acme', provider)).toMatch(AGAIN);
    expect(await baseOf('acme')).toBe(home);
    await change('acme', { api_base: 'https://a.test/v2' });
    await change('acme', { api_base: MOVED, api_key: 'sk-2' });
    expect(await baseOf('acme')).toBe(MOVED);
    await change('acme', { api_base: home, api_key: null });
    expect(await baseOf('acme')).toBe(home);
  });

  it('that stands in the environment stays, whatever key comes with another address', async () => {
    for (const key of [{}, { api_key: '***' }, { api_key: 'sk-guessed' }])
      expect(await refusal('openai', { api_base: MOVED, ...key })).toMatch(AGAIN);
    expect(await baseOf('openai')).toBeUndefined();
  });
});
