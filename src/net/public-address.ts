import ipaddr from 'ipaddr.js';

/** What the registries give out to networks of the internet; everything beside it is special or not given out. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Interface ids of ISATAP: the last four bytes are an IPv4 address that a tunnel leads to (RFC 5214). */
const ISATAP_PARTS: readonly (readonly [number, number])[] = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
];
/** Public in the registry, and yet inside: virtual machines of Azure reach their host's services there. */
const CLOUD_HOSTS: ReadonlySet<string> = new Set(['168.63.129.16']);

/** An address as it is dialled: one that only wraps an IPv4 address is that. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Whether an address belongs to the public internet: unicast, nobody's own, and no way into anything else. */
export function isPublic(ip: Address): boolean {
  if (ip.range() !== 'unicast') return false;
  if (!(ip instanceof ipaddr.IPv6)) return !CLOUD_HOSTS.has(ip.toString());
  return ip.match(GLOBAL_UNICAST) && !isTunnel(ip);
}

function isTunnel({ parts }: ipaddr.IPv6): boolean {
  return ISATAP_PARTS.some(([high, low]) => parts[4] === high && parts[5] === low);
}
