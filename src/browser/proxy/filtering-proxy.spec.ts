import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NetworkConfig, NetworkGuard } from '#net';
import { configOf } from '../../../test/support/config.js';
import { DnsServer } from '../../../test/support/dns/index.js';
import { WebSite } from '../../../test/support/web/index.js';
import { FilteringProxy } from './filtering-proxy.js';

describe('the proxy of a conversation', () => {
  let dns: DnsServer;
  let site: WebSite;
  let proxy: FilteringProxy;

  beforeEach(async () => {
    [dns, site] = await Promise.all([DnsServer.start(), WebSite.start()]);
    site.page('/', 'reached');
    dns.set('wiki.example.com', ['127.0.0.1']);
    dns.set('evil.example.com', ['127.0.0.1']);
    const network = { allow: ['wiki.example.com'], dns_servers: [dns.address] };
    proxy = await FilteringProxy.open(new NetworkGuard(configOf([NetworkConfig], { tools: { network } })));
  });
  afterEach(async () => {
    proxy.close();
    await Promise.all([dns, site].map((one) => one[Symbol.asyncDispose]()));
  });

  /** The status that a page gets. */
  async function status(method: 'GET' | 'CONNECT', host: string): Promise<number | undefined> {
    const { hostname, port } = new URL(proxy.url);
    const path = method === 'GET' ? `http://${host}:${site.port}/` : `${host}:${site.port}`;
    const asked = request({ hostname, port, method, path, agent: false }).end();
    const [answer] = (await once(asked, method === 'GET' ? 'response' : 'connect')) as [IncomingMessage];
    asked.destroy();
    return answer.statusCode;
  }

  it.each(['GET', 'CONNECT'] as const)(
    'dials for %s the address that it found and checked itself, and no other name of it',
    async (method) => {
      expect(await status(method, 'wiki.example.com')).toBe(200);
      expect(await status(method, 'evil.example.com')).toBe(403);
      expect(dns.asked).toEqual(expect.arrayContaining(['wiki.example.com', 'evil.example.com']));
      expect(proxy.takeRefusals()).toMatchObject([{ message: expect.stringContaining('SSRF protection') }]);
    },
  );
});
