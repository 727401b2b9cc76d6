import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
/** What one customer of an internet provider has at least: whoever has a /64 has 2⁶⁴ addresses. */
const NETWORK_GROUPS = 4;

/** The address as people write it: IPv4 that came over an IPv6 socket is IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::') ? (MAPPED.exec(address)?.[1] ?? address) : address;
}

/** Under which name an address is counted. */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':') || !isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
