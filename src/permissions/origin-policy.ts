import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { GatewayConfig } from './gateway.config.js';

/** Which web pages may talk to the gateway. Clients that are no browsers send no origin and pass. */
@Injectable()
export class OriginPolicy {
  private readonly listed: ReadonlySet<string>;

  constructor(config: ConfigService) {
    this.listed = new Set(config.get(GatewayConfig).allowed_origins.map((origin) => origin.toLowerCase()));
  }

  /** `true` for no origin, the gateway's own (same host and port as `host`), and listed ones. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || origin === '') return true;
    if (this.isListed(origin)) return true;
    const own = hostOf(origin);
    return own !== undefined && own === host?.toLowerCase();
  }

  /** Whether cross-origin headers are to be sent for this origin. */
  isListed(origin: string): boolean {
    return this.listed.has('*') || this.listed.has(origin.toLowerCase());
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
