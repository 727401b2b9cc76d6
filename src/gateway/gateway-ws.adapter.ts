import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { IncomingMessage } from 'node:http';
import type { WebSocketServer } from 'ws';
import { AppError } from '#kernel';
import type { ClientAddress, OriginPolicy, RateLimiter } from '#permissions';
import type { SocketServer } from './socket-server.js';

const FORBIDDEN = 403;
const TOO_MANY = 429;
const UNAVAILABLE = 503;
const RETRY_LATER = { 'Retry-After': '1' };

interface UpgradeInfo {
  readonly origin: string | undefined;
  readonly req: IncomingMessage;
}

type Verdict = (
  allowed: boolean,
  status?: number,
  message?: string,
  headers?: Record<string, string>,
) => void;

/** Who may open a socket, and how often. */
export interface DoorRules {
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddress;
  readonly limiter: RateLimiter;
}

/**
 * Nest's adapter for `ws`, with the gateway's own door keeper. Messages go from the socket to the gateway
 * directly: Nest's mapping would parse each of them a second time.
 */
export class GatewayWsAdapter extends WsAdapter {
  constructor(
    app: INestApplication,
    private readonly server: SocketServer,
    private readonly door: DoorRules,
  ) {
    super(app);
  }

  override create(port: number, options?: Record<string, unknown>): unknown {
    return super.create(port, { ...options, verifyClient: this.verify });
  }

  override bindMessageHandlers(): void {
    // The gateway listens to the socket itself.
  }

  /** Sockets have their own handler: what a client sends must not fill the log. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    return server.on('error', (error) => this.logger.error(error));
  }

  /** Clients hear that the gateway goes before their connections are dropped. */
  override async close(server: unknown): Promise<void> {
    await this.server.closeAll();
    await super.close(server);
  }

  private readonly verify = ({ origin, req }: UpgradeInfo, verdict: Verdict): void => {
    const { refusal } = this.server;
    if (refusal !== undefined) return verdict(false, UNAVAILABLE, refusal, RETRY_LATER);
    const { origins, addresses, limiter } = this.door;
    try {
      limiter.takeAddress(addresses.of(req));
    } catch (error) {
      const retryMs = error instanceof AppError ? (error.retryAfterMs ?? 0) : 0;
      return verdict(false, TOO_MANY, 'Too many requests from this address. Try again later.', {
        'Retry-After': String(Math.ceil(retryMs / 1_000)),
      });
    }
    if (origins.allows(origin, addresses.reachedAt(req))) return verdict(true);
    verdict(false, FORBIDDEN, 'This origin may not connect. Add it to gateway.allowed_origins.');
  };
}
