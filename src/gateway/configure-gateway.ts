import type { INestApplication } from '@nestjs/common';
import { ClientAddress, OriginPolicy, RateLimiter } from '#permissions';
import { GatewayWsAdapter } from './gateway-ws.adapter.js';
import { SocketServer } from './socket-server.js';

/** Opens `/ws` on the HTTP server of the application. To be called before `app.init()`. */
export function configureGateway(app: INestApplication): void {
  app.useWebSocketAdapter(
    new GatewayWsAdapter(app, app.get(SocketServer), {
      origins: app.get(OriginPolicy),
      addresses: app.get(ClientAddress),
      limiter: app.get(RateLimiter),
    }),
  );
}
