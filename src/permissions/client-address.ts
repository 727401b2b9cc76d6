import proxyAddr from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { ConfigService } from '#config';
import { GatewayConfig } from './gateway.config.js';
import { plainAddress } from './limits/address-key.js';

type Trust = (address: string, hop: number) => boolean;

/** Under what name a client reached the gateway. */
export interface ReachedAt {
  readonly host: string | undefined;
  /** Absent when nobody trusted says. */
  readonly protocol?: string;
}

/**
 * Where a request comes from. Headers of forwarding are believed when they were written by a proxy of
 * `gateway.trusted_proxies`; from anybody else they are the client's own claim, and ignored.
 */
@Injectable()
export class ClientAddress {
  private trust: Trust | undefined;
  private trustOf: readonly string[] | undefined;

  constructor(private readonly config: ConfigService) {}

  /** The address of the client; empty when the connection is gone already. */
  of(request: IncomingMessage): string {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    const trust = this.trusted();
    if (!trust || request.headers['x-forwarded-for'] === undefined || peer === '') return peer;
    const client = proxyAddr(request, trust);
    return isIP(client) === 0 ? peer : plainAddress(client);
  }

  /** For the check of origins. */
  reachedAt(request: IncomingMessage): ReachedAt {
    const { host } = request.headers;
    const trust = this.trusted();
    if (!trust?.(plainAddress(request.socket.remoteAddress ?? ''), 0)) return { host };
    const protocol = lastOf(request.headers['x-forwarded-proto'])?.toLowerCase();
    return {
      host: lastOf(request.headers['x-forwarded-host']) ?? host,
      ...((protocol === 'http' || protocol === 'https') && { protocol }),
    };
  }

  private trusted(): Trust | undefined {
    const { trusted_proxies: proxies } = this.config.get(GatewayConfig);
    if (proxies !== this.trustOf) {
      this.trust = proxies.length === 0 ? undefined : proxyAddr.compile([...proxies]);
      this.trustOf = proxies;
    }
    return this.trust;
  }
}

/** What the nearest proxy said: values before it may be the client's own. */
function lastOf(header: string | string[] | undefined): string | undefined {
  const values = Array.isArray(header) ? header.join(',') : header;
  return values?.split(',').at(-1)?.trim() || undefined;
}
