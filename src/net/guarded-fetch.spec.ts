import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetch } from 'undici';
import { configOf } from '../../test/support/config.js';
import { DnsServer } from '../../test/support/dns/index.js';
import { GuardedFetch } from './guarded-fetch.js';
import { NetworkConfig } from './network.config.js';
import { NetworkError } from './network.errors.js';
import { NetworkGuard } from './network-guard.js';

let dns: DnsServer;
let server: Server;
let port: number;
let guarded: GuardedFetch;
let hits: string[];

beforeEach(async () => {
  hits = [];
  dns = await DnsServer.start();
  server = createServer((request, response) => {
    hits.push(request.url ?? '');
    const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
    if (to !== null) response.writeHead(302, { location: to });
    response.end('reached');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await guarded.onModuleDestroy();
  server.closeAllConnections();
  server.close();
  await dns[Symbol.asyncDispose]();
});

function guardedFetch(allow: string[]): GuardedFetch {
  const config = configOf([NetworkConfig], { tools: { network: { allow, dns_servers: [dns.address] } } });
  guarded = new GuardedFetch(new NetworkGuard(config));
  return guarded;
}

/** The text that was reached, or the guard's refusal. */
async function reach(url: string, allow: string[] = []): Promise<string | NetworkError> {
  const dispatcher = await guardedFetch(allow).dispatcher();
  try {
    return await (await fetch(url, { dispatcher })).text();
  } catch (error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      if (at instanceof NetworkError) return at;
    throw error;
  }
}

describe('what is dialled', () => {
  it('is refused by its address, also when nobody checked the URL before', async () => {
    expect(await reach(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'blocked' });
    expect(await reach(`http://[::ffff:7f00:1]:${port}/`)).toMatchObject({ reason: 'blocked' });
    expect(hits).toEqual([]);
  });

  it('is the address that was checked: a name that is public at first and loopback then is not reached', async () => {
    dns.set('rebind.example.com', ['8.8.8.8'], ['127.0.0.1']);
    const guard = new NetworkGuard(
      configOf([NetworkConfig], { tools: { network: { dns_servers: [dns.address] } } }),
    );
    expect(await guard.addresses('rebind.example.com', port)).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await reach(`http://rebind.example.com:${port}/`)).toMatchObject({ reason: 'blocked' });
    expect(hits).toEqual([]);
  });

  it('asks for the addresses of a connection once: there is no second answer to fall for', async () => {
    dns.set('wiki.example.com', ['127.0.0.1'], ['10.255.255.1']);
    expect(await reach(`http://wiki.example.com:${port}/`, ['wiki.example.com'])).toBe('reached');
    expect(dns.asked).toEqual(['wiki.example.com']);
  });

  it.each([
    ['an address', () => `http://127.0.0.2:${port}/`],
    ['a name of loopback', () => 'http://inner.example.com/'],
    ['another port', () => `http://127.0.0.1:${port + 1}/`],
    ['a decimal address', () => 'http://2130706433/'],
  ])('is refused after a redirect to %s', async (_what, target) => {
    dns.set('inner.example.com', ['127.0.0.1']);
    const url = `http://127.0.0.1:${port}/?to=${encodeURIComponent(target())}`;
    expect(await reach(url, [`127.0.0.1:${port}`])).toMatchObject({ reason: 'blocked' });
    expect(hits).toHaveLength(1);
  });
});
