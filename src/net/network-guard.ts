import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { ConfigService } from '#config';
import { BLOCKED_PORTS } from './blocked-ports.js';
import { HostResolver } from './host-resolver.js';
import { NetworkConfig } from './network.config.js';
import { NetworkError } from './network.errors.js';
import { type Address, isPublic } from './public-address.js';
import { parseReachable, type Reachable } from './reachable.js';

const BLOCKED_NAMES: ReadonlySet<string> = new Set(['localhost', 'metadata.google.internal']);
const BLOCKED_SUFFIXES = ['.localhost', '.local', '.internal'];
const HOST_SHOWN_MAX_CHARS = 253;
const HTTP_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:']);

/**
 * What tools may connect to: public addresses, and what the configuration adds. The address that is dialled is the one
 * that is checked: whoever connects does it through {@link lookup}, or dials one of {@link addresses} itself.
 */
@Injectable()
export class NetworkGuard {
  private parsed: { readonly from: readonly string[]; readonly entries: readonly Reachable[] } | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly resolver: HostResolver = new HostResolver(config),
  ) {}

  /**
   * Checks what can be known before a connection: scheme, userinfo, literal addresses, names that are never public.
   * @throws NetworkError
   */
  check(url: URL, schemes: ReadonlySet<string> = HTTP_SCHEMES): void {
    if (!schemes.has(url.protocol))
      throw new NetworkError('scheme', `Only ${list(schemes)} addresses can be opened, not ${url.protocol}`);
    if (url.username !== '' || url.password !== '')
      throw new NetworkError('userinfo', 'The address contains a user name or password; leave them out.');
    this.checkHost(url.hostname, portOf(url));
  }

  /** The same for a host as it stands in a URL, or in a request to a proxy. @throws NetworkError */
  checkHost(hostname: string, port: number): void {
    const host = bare(hostname);
    this.checkPort(host, port);
    if (ipaddr.isValid(host)) return this.checkAddress(host, host, port);
    if (!this.allows(host, undefined, port) && isNeverPublic(host)) throw blocked(host);
  }

  /** The addresses of a host that may be dialled. @throws NetworkError when there is none, or one of them may not. */
  async addresses(hostname: string, port: number): Promise<readonly LookupAddress[]> {
    const host = bare(hostname);
    this.checkHost(host, port);
    if (ipaddr.isValid(host)) return [literal(host)];
    const trusted = this.allows(host, undefined, port);
    const found = await this.resolver.resolve(host, { trusted }).catch((error: unknown) => {
      throw new NetworkError('unresolved', `The host ${shown(host)} was not found; check its name.`, error);
    });
    for (const { address } of found) this.checkAddress(host, address, port);
    if (found.length === 0) throw new NetworkError('unresolved', `The host ${shown(host)} has no address.`);
    return found;
  }

  /** For `net.connect`, `tls.connect` and what builds on them: only checked addresses come out. */
  lookup(port: number): LookupFunction {
    const find = callbackify((host: string, family: number | string | undefined) =>
      this.fitting(host, port, family),
    );
    return (hostname, options, callback) =>
      find(
        hostname,
        options.family,
        (error: Error | null, found: readonly [LookupAddress, ...LookupAddress[]]) => {
          if (error) callback(error, '');
          else if (options.all === true) callback(null, [...found]);
          else callback(null, found[0].address, found[0].family);
        },
      );
  }

  /** @throws NetworkError */
  private async fitting(
    host: string,
    port: number,
    family: number | string | undefined,
  ): Promise<readonly [LookupAddress, ...LookupAddress[]]> {
    const wanted = familyOf(family ?? 0);
    const [first, ...others] = (await this.addresses(host, port)).filter(
      (one) => wanted === 0 || one.family === wanted,
    );
    if (first) return [first, ...others];
    throw new NetworkError('unresolved', `The host ${shown(host)} has no fitting address.`);
  }

  /** A port of another protocol must be allowed by its number. */
  private checkPort(host: string, port: number): void {
    if (!BLOCKED_PORTS.has(port)) return;
    const ip = ipaddr.isValid(host) ? ipaddr.process(host) : undefined;
    if (this.entries().some((entry) => entry.port === port && isMeant(entry, host, ip))) return;
    throw new NetworkError(
      'blocked',
      `SSRF protection: the port ${port} belongs to another protocol; use a web address.`,
    );
  }

  private checkAddress(host: string, address: string, port: number): void {
    const ip = ipaddr.process(address);
    if (!isPublic(ip) && !this.allows(host, ip, port)) throw blocked(host);
  }

  private allows(host: string, ip: Address | undefined, port: number): boolean {
    return this.entries().some(
      (entry) => (entry.port === undefined || entry.port === port) && isMeant(entry, host, ip),
    );
  }

  private entries(): readonly Reachable[] {
    const { allow } = this.config.get(NetworkConfig).network;
    if (this.parsed?.from !== allow)
      this.parsed = { from: allow, entries: allow.flatMap((entry) => parseReachable(entry) ?? []) };
    return this.parsed.entries;
  }
}

function isMeant(entry: Reachable, host: string, ip: Address | undefined): boolean {
  return entry.host === host || (ip !== undefined && isIn(ip, entry.range));
}

function isIn(ip: Address, range: Reachable['range']): boolean {
  if (!range) return false;
  const [network, bits] = range;
  return ip.kind() === network.kind() && ip.match([network, bits] as never);
}

/** Names that only ever mean something near: without a dot they get the search domains of the machine. */
function isNeverPublic(host: string): boolean {
  return (
    BLOCKED_NAMES.has(host) || BLOCKED_SUFFIXES.some((suffix) => host.endsWith(suffix)) || !host.includes('.')
  );
}

function literal(host: string): LookupAddress {
  const ip = ipaddr.process(host);
  return { address: ip.toString(), family: ip.kind() === 'ipv4' ? 4 : 6 };
}

function bare(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '')
    .toLowerCase();
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' || url.protocol === 'wss:' ? 443 : 80;
}

function familyOf(family: number | string): number {
  return family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : Number(family);
}

function list(schemes: ReadonlySet<string>): string {
  return [...schemes].map((scheme) => scheme.replace(':', '')).join(' and ');
}

function blocked(host: string): NetworkError {
  return new NetworkError(
    'blocked',
    `SSRF protection: ${shown(host)} is not on the public internet, and tools may not reach it. ` +
      'An admin can allow it in tools.network.allow.',
  );
}

function shown(host: string): string {
  return host.length <= HOST_SHOWN_MAX_CHARS ? host : `${host.slice(0, HOST_SHOWN_MAX_CHARS)}…`;
}
