import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import type { IncomingMessage } from 'node:http';
import type { RawData, WebSocket } from 'ws';
import { Clock } from '#kernel';
import { ClientAddress } from '#permissions';
import { READ_LIMIT_BYTES } from '#protocol';
import { ClientSocket } from './client-socket.js';
import { encodeError } from './encode-frame.js';
import { parseFrame } from './frame-parser.js';
import { MethodRouter } from './method-router.js';
import { RequestQueue } from './request-queue.js';
import { SocketRegistry } from './socket-registry.js';

/** Turns each WebSocket on `/ws` into a client of the protocol. */
@WebSocketGateway({ path: '/ws', maxPayload: READ_LIMIT_BYTES, perMessageDeflate: false })
export class SocketsGateway implements OnGatewayConnection<WebSocket> {
  constructor(
    private readonly sockets: SocketRegistry,
    private readonly router: MethodRouter,
    private readonly addresses: ClientAddress,
    private readonly clock: Clock,
  ) {}

  handleConnection(ws: WebSocket, request: IncomingMessage): void {
    const socket = new ClientSocket(
      ws,
      this.addresses.of(request),
      this.clock.monotonic(),
      request.socket.localPort,
    );
    const requests = new RequestQueue(socket, this.router);
    this.sockets.add(socket);
    ws.on('message', (data) => {
      socket.lastSeenAt = this.clock.monotonic();
      const text = textOf(data);
      const frame = parseFrame(text);
      if (frame.ok) requests.receive(frame.request, text.length);
      else socket.respond(encodeError(frame.id, frame.error));
    });
    ws.on('pong', () => {
      socket.lastSeenAt = this.clock.monotonic();
    });
    // What a client does wrong on the wire (too big, no UTF-8) closes its socket with a code; it is nobody's error.
    ws.on('error', () => undefined);
    ws.once('close', () => this.sockets.remove(socket));
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data).toString('utf8');
}
