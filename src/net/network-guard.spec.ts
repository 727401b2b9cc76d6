import { readFile } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../../test/support/config.js';
import { DnsServer } from '../../test/support/dns/index.js';
import { NetworkConfig } from './network.config.js';
import { NetworkError, type NetworkReason } from './network.errors.js';
import { NetworkGuard } from './network-guard.js';
import { ADDRESSES, type Defence, PUBLIC_ADDRESSES, SPELLINGS } from './ssrf-corpus.fixture.js';

const REASONS: Readonly<Record<Exclude<Defence, 'parser'>, NetworkReason>> = {
  scheme: 'scheme',
  userinfo: 'userinfo',
  port: 'blocked',
  name: 'blocked',
  literal: 'blocked',
  dial: 'blocked',
};

let dns: DnsServer;

beforeAll(async () => {
  dns = await DnsServer.start();
});
afterAll(() => dns[Symbol.asyncDispose]());

function guardThat(network: { allow?: string[] } = {}): NetworkGuard {
  const tools = { network: { dns_servers: [dns.address], ...network } };
  return new NetworkGuard(configOf([NetworkConfig], { tools }));
}

/** Why a URL is refused before a connection; `undefined` when it is not. */
function refusal(guard: NetworkGuard, url: string): NetworkError | 'no URL' | undefined {
  const parsed = URL.parse(url);
  if (!parsed) return 'no URL';
  try {
    guard.check(parsed);
    return undefined;
  } catch (error) {
    if (error instanceof NetworkError) return error;
    throw error;
  }
}

async function dialRefusal(guard: NetworkGuard, host: string, port = 443): Promise<NetworkError | undefined> {
  try {
    await guard.addresses(host, port);
    return undefined;
  } catch (error) {
    if (error instanceof NetworkError) return error;
    throw error;
  }
}

function literal(address: string): string {
  return ipaddr.IPv6.isValid(address) ? `[${address}]` : address;
}

describe('the ways to write a forbidden address', () => {
  it.each(SPELLINGS)('$url ($why) is stopped by the check of the $stoppedBy', ({ url, stoppedBy }) => {
    const refused = refusal(guardThat(), url);
    if (stoppedBy === 'parser') expect(refused).toBe('no URL');
    else expect(refused).toMatchObject({ reason: REASONS[stoppedBy] });
  });

  it('are at least 120 with the addresses', () => {
    expect(SPELLINGS.length + 2 * Object.keys(ADDRESSES).length).toBeGreaterThanOrEqual(120);
  });
});

describe('addresses beside the public internet', () => {
  it.each(Object.entries(ADDRESSES))('%s (%s) is stopped in a URL', (address) => {
    expect(refusal(guardThat(), `https://${literal(address)}/`)).toMatchObject({ reason: 'blocked' });
  });

  it.each(Object.entries(ADDRESSES))('%s (%s) is stopped at the dial when a name has it', async (address) => {
    dns.set('public.example.com', [address]);
    const guard = guardThat();
    expect(refusal(guard, 'https://public.example.com/')).toBeUndefined();
    expect(await dialRefusal(guard, 'public.example.com')).toMatchObject({ reason: 'blocked' });
  });

  it.each(Object.entries(ADDRESSES))('%s (%s) is stopped beside a public one', async (address) => {
    dns.set('public.example.com', ['8.8.8.8', '2606:4700:4700::1111', address]);
    expect(await dialRefusal(guardThat(), 'public.example.com')).toMatchObject({ reason: 'blocked' });
  });

  it.each([
    '0177.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    'fe80::1%lo',
    '::1',
    '[::1]',
    'localhost',
    '127.0.0.1.',
  ])('%s is stopped as a proxy is asked for it, without a parser of URLs before', async (host) => {
    expect(await dialRefusal(guardThat(), host)).toMatchObject({ reason: 'blocked' });
  });
});

describe('the public internet', () => {
  it.each(PUBLIC_ADDRESSES)('%s is reached, in a URL and by name', async (address) => {
    const guard = guardThat();
    expect(refusal(guard, `https://${literal(address)}/`)).toBeUndefined();
    dns.set('public.example.com', [address]);
    expect(await dialRefusal(guard, 'public.example.com')).toBeUndefined();
  });

  it('gives its addresses, those of version 4 first', async () => {
    dns.set('both.example.com', ['2606:4700:4700::1111', '1.1.1.1']);
    expect(await guardThat().addresses('both.example.com', 443)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700:4700::1111', family: 6 },
    ]);
  });

  it('says that a name does not exist, or has no address', async () => {
    dns.set('empty.example.com', []);
    const guard = guardThat();
    expect(await dialRefusal(guard, 'gone.example.com')).toMatchObject({
      reason: 'unresolved',
      message: 'The host gone.example.com was not found; check its name.',
    });
    expect(await dialRefusal(guard, 'empty.example.com')).toMatchObject({ reason: 'unresolved' });
  });

  it(
    'does not keep files and other names waiting for one that nobody answers for, and gives up',
    { timeout: 20_000 },
    async () => {
      dns.silent.add('silent.example.com');
      dns.set('public.example.com', ['1.1.1.1']);
      const guard = guardThat();
      const waiting = Array.from({ length: 64 }, () => dialRefusal(guard, 'silent.example.com'));
      const others = Promise.all([
        readFile(import.meta.filename),
        guard.addresses('public.example.com', 443),
      ]);
      expect(await Promise.race([others.then(() => 'others'), Promise.race(waiting)])).toBe('others');
      expect((await Promise.all(waiting)).every((error) => error?.reason === 'unresolved')).toBe(true);
    },
  );
});

describe('tools.network.allow', () => {
  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8081/'],
    ['127.0.0.1:8080', 'http://2130706433:8080/', 'http://127.0.0.1/'],
    ['10.1.2.0/24', 'http://10.1.2.9:1234/', 'http://10.1.3.1/'],
    ['fd00:1::/32', 'http://[fd00:1::5]/', 'http://[fd00:2::5]/'],
    ['localhost', 'http://localhost:3000/', 'http://other.localhost/'],
    ['wiki', 'http://wiki/', 'http://wiki2/'],
    ['mail.example.com:25', 'http://mail.example.com:25/', 'http://other.example.com:25/'],
    ['mail.example.com', 'http://mail.example.com:80/', 'http://mail.example.com:25/'],
    ['10.0.0.0/8', 'http://10.0.0.1/', 'http://10.0.0.1:22/'],
    ['[::1]:9000', 'http://[::1]:9000/', 'http://[::1]:9001/'],
  ])('%s opens %s, and not %s', (entry, open, closed) => {
    const guard = guardThat({ allow: [entry] });
    expect(refusal(guard, open)).toBeUndefined();
    expect(refusal(guard, closed)).toMatchObject({ reason: 'blocked' });
  });

  it('opens and closes with the configuration, as it is when somebody asks', () => {
    const config = configOf([NetworkConfig]);
    const guard = new NetworkGuard(config);
    const allow = (...entries: string[]) =>
      config.adopt(configOf([NetworkConfig], { tools: { network: { allow: entries } } }));
    expect(refusal(guard, 'http://10.0.0.1/')).toMatchObject({ reason: 'blocked' });
    allow('10.0.0.1');
    expect(refusal(guard, 'http://10.0.0.1/')).toBeUndefined();
    allow('10.0.0.2');
    expect(refusal(guard, 'http://10.0.0.1/')).toMatchObject({ reason: 'blocked' });
  });

  it('opens what a listed name resolves to, and the same address under no other name', async () => {
    dns.set('wiki.example.com', ['10.0.0.5']);
    dns.set('evil.example.com', ['10.0.0.5']);
    const guard = guardThat({ allow: ['wiki.example.com'] });
    expect(await dialRefusal(guard, 'wiki.example.com')).toBeUndefined();
    expect(await dialRefusal(guard, 'evil.example.com')).toMatchObject({ reason: 'blocked' });
  });

  it('finds a listed name in the hosts file, which no other name is looked up in', async () => {
    const guard = new NetworkGuard(
      configOf([NetworkConfig], { tools: { network: { allow: ['localhost'] } } }),
    );
    expect(await guard.addresses('localhost', 80)).toContainEqual({ address: '127.0.0.1', family: 4 });
  });

  it.each([
    [{ allow: ['http://wiki'] }, 'network.allow: each entry must be a host name'],
    [{ allow: ['10.0.0.0/40'] }, 'network.allow: each entry must be a host name'],
    [{ dns_servers: ['dns.example.com'] }, 'network.dns_servers: each entry must be an address'],
    [{ dns_servers: ['9.9.9.9:70000'] }, 'network.dns_servers: each entry must be an address'],
  ])('refuses %j with what an entry is', (network, message) => {
    expect(() => configOf([NetworkConfig], { tools: { network } })).toThrow(message);
  });
});
