import { promises as dns } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { DnsServer } from '../../test/support/dns/index.js';
import { HostResolver } from './host-resolver.js';
import { NetworkConfig } from './network.config.js';

function configWith(...servers: string[]) {
  return configOf([NetworkConfig], { tools: { network: { dns_servers: servers } } });
}

describe('the addresses of a name', () => {
  let [one, other]: DnsServer[] = [];

  beforeEach(async () => {
    [one, other] = await Promise.all([DnsServer.start(), DnsServer.start()]);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all([one?.[Symbol.asyncDispose](), other?.[Symbol.asyncDispose]()]);
  });

  it('are asked of the servers that are configured now', async () => {
    one?.set('a.example.com', ['192.0.2.1']);
    other?.set('a.example.com', ['192.0.2.2']);
    const config = configWith(one?.address ?? '');
    const resolver = new HostResolver(config);
    const found = async (): Promise<string[]> =>
      (await resolver.resolve('a.example.com', { trusted: false })).map(({ address }) => address);
    expect(await found()).toEqual(['192.0.2.1']);
    config.adopt(configWith(other?.address ?? ''));
    expect(await found()).toEqual(['192.0.2.2']);
  });

  it('never come from the hosts file or the threads of the system for a name that anybody may say', async () => {
    const ofSystem = vi
      .spyOn(dns, 'lookup')
      .mockResolvedValue([{ address: '192.0.2.9', family: 4 }] as never);
    const direct = vi.spyOn(dns.Resolver.prototype, 'resolve4').mockResolvedValue(['192.0.2.1'] as never);
    vi.spyOn(dns.Resolver.prototype, 'resolve6').mockResolvedValue([]);
    const resolver = new HostResolver(configWith());
    const found = { address: '192.0.2.1', family: 4 };
    expect(await resolver.resolve('a.example.com', { trusted: false })).toEqual([found]);
    expect([ofSystem.mock.calls.length, direct.mock.calls.length]).toEqual([0, 1]);
    await resolver.resolve('a.example.com', { trusted: true });
    expect([ofSystem.mock.calls.length, direct.mock.calls.length]).toEqual([1, 1]);
  });
});
