import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import type { ReachedAt } from './client-address.js';
import { GatewayConfig } from './gateway.config.js';

/** Which web pages may talk to the gateway. Clients that are no browsers send no origin and pass. */
@Injectable()
export class OriginPolicy {
  constructor(private readonly config: ConfigService) {}

  /**
   * `true` for no origin, the gateway's own (the host and port under which it was reached, and the protocol where that
   * is known), and listed ones.
   */
  allows(origin: string | undefined, { host, protocol }: ReachedAt): boolean {
    if (origin === undefined || origin === '') return true;
    if (this.isListed(origin)) return true;
    if (!URL.canParse(origin) || host === undefined) return false;
    const asked = new URL(origin);
    if (protocol !== undefined && asked.protocol !== `${protocol}:`) return false;
    return asked.host !== '' && asked.host === ownHost(asked.protocol, host);
  }

  /** Whether cross-origin headers are to be sent for this origin. */
  isListed(origin: string): boolean {
    const { allowed_origins: listed } = this.config.get(GatewayConfig);
    if (listed.length === 0) return false;
    const wanted = origin.toLowerCase();
    return listed.some((one) => one === '*' || one.toLowerCase() === wanted);
  }
}

/** Without the port that the protocol has anyway. */
function ownHost(protocol: string, host: string): string {
  const url = `${protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : host.toLowerCase();
}
