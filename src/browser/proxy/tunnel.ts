import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { NetworkGuard } from '#net';
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS } from './proxy-limits.js';
import type { Traffic } from './traffic.js';

const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

export interface TunnelEnds {
  readonly hostname: string;
  readonly port: number;
  readonly page: Duplex;
  /** What the page sent already. */
  readonly first: Buffer;
}

/**
 * Joins a page with a site that speaks TLS, or a WebSocket; the site's address is the one that was checked.
 * @throws NetworkError when the page may not go there.
 */
export function openTunnel(
  { hostname, port, page, first }: TunnelEnds,
  guard: NetworkGuard,
  traffic: Traffic,
  onFailure: (error: Error) => void,
): Socket {
  guard.checkHost(hostname, port);
  const host = hostname.replace(/^\[|\]$/g, '');
  const site = connect({ host, port, lookup: guard.lookup(port), autoSelectFamily: true });
  let isJoined = false;
  site.setTimeout(CONNECT_TIMEOUT_MS, () => site.destroy(new Error(`${host} did not answer in time`)));
  site.once('connect', () => {
    isJoined = true;
    site.setTimeout(IDLE_TIMEOUT_MS);
    page.write(ESTABLISHED);
    if (first.length > 0) site.write(first);
    traffic.count(site, page);
    traffic.count(page, site);
    site.pipe(page);
    page.pipe(site);
  });
  site.on('error', (error) => (isJoined ? page.destroy() : onFailure(error)));
  site.on('close', () => page.destroy());
  page.on('close', () => site.destroy());
  return site;
}
