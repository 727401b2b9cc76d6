import { Injectable } from '@nestjs/common';
import { type LookupAddress, promises as dns } from 'node:dns';
import { ConfigService } from '#config';
import { NetworkConfig } from './network.config.js';

const QUERY_TIMEOUT_MS = 1_500;
/** The second waits twice as long. */
const QUERY_TRIES = 2;
/** A machine that moved to another network has other servers: they are read again this often. */
const SERVERS_KEPT_MS = 30_000;

/**
 * Names as addresses. Names that anybody may ask for are asked of DNS servers directly: the system's own resolver works
 * in the few threads that files are read in too, and names that nobody answers for would hold them all.
 */
@Injectable()
export class HostResolver {
  private current:
    { readonly servers: readonly string[]; readonly until: number; readonly dns: dns.Resolver } | undefined;

  constructor(private readonly config: ConfigService) {}

  /**
   * Every address of a host, those of version 4 first. `trusted` names, which an admin listed, may also come from the
   * hosts file and the search domains. @throws Error of `node:dns`
   */
  async resolve(host: string, { trusted }: { readonly trusted: boolean }): Promise<readonly LookupAddress[]> {
    const { dns_servers: servers } = this.config.get(NetworkConfig).network;
    if (trusted && servers.length === 0) return dns.lookup(host, { all: true, order: 'ipv4first' });
    const resolver = this.resolverOf(servers);
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
    if (found.length === 0 && v4.status === 'rejected') throw v4.reason;
    return found;
  }

  private resolverOf(servers: readonly string[]): dns.Resolver {
    const now = performance.now();
    if (this.current?.servers === servers && now < this.current.until) return this.current.dns;
    const resolver = new dns.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    this.current = { servers, until: now + SERVERS_KEPT_MS, dns: resolver };
    return resolver;
  }
}

function addressesOf(answer: PromiseSettledResult<readonly string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}
