import ipaddr from 'ipaddr.js';

/** One entry of `tools.network.allow`. */
export interface Reachable {
  readonly host?: string;
  readonly range?: readonly [ipaddr.IPv4 | ipaddr.IPv6, number];
  readonly port?: number;
}

const WITH_PORT = /^(?<host>\[[^\]]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** `undefined` for what is neither a host, an address nor a network. */
export function parseReachable(entry: string): Reachable | undefined {
  const text = entry.trim().toLowerCase();
  if (ipaddr.isValidCIDR(text)) return { range: ipaddr.parseCIDR(text) };
  if (ipaddr.IPv6.isValid(text)) return { range: [ipaddr.process(text), bits(text)] };
  const found = WITH_PORT.exec(text);
  const host = (found?.groups?.['host'] ?? '').replace(/^\[|\]$/g, '');
  const given = found?.groups?.['port'];
  const port = given === undefined ? undefined : Number(given);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const where = { ...(port !== undefined && { port }) };
  if (ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host))
    return { range: [ipaddr.process(host), bits(host)], ...where };
  return HOST_NAME.test(host) ? { host, ...where } : undefined;
}

function bits(address: string): number {
  return ipaddr.process(address).kind() === 'ipv4' ? 32 : 128;
}
