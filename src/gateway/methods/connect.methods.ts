import { Injectable } from '@nestjs/common';
import { Clock, VERSION } from '#kernel';
import { PairingService } from '#pairing';
import { Access, Authenticator } from '#permissions';
import { type Methods, type PendingPairing, PROTOCOL_VERSION, SERVER_NAME } from '#protocol';
import type { ClientSocket } from '../client-socket.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { SocketRegistry } from '../socket-registry.js';
import { ConnectParams, SubscribeParams } from './connect.dto.js';

/** A browser that waits to be paired may stay so long; after that it asks again on another socket. */
const PENDING_MAX_MS = 10 * 60_000;

const SERVER = { name: SERVER_NAME, version: VERSION };

/** Who a socket is, and whose events it gets. */
@Injectable()
export class ConnectMethods {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly pairing: PairingService,
    private readonly sockets: SocketRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * May be repeated; each time decides anew, and one that fails leaves the socket anonymous. In standalone mode the
   * user id is echoed and otherwise ignored. Without any credentials the socket may wait for an admin to pair it.
   */
  @Access('none')
  @RpcMethod('connect', ConnectParams)
  async connect(params: ConnectParams, { socket }: RpcContext): Promise<Methods['connect']['result']> {
    const { token, user_id: userId, sender_id: senderId, identity } = params;
    const { address } = socket;
    this.sockets.disown(socket, this.clock.monotonic());
    if (!token && !(senderId && (await this.pairing.standing(address, senderId)) === 'approved'))
      return this.pend(socket, senderId);
    const caller = await this.authenticator.authenticate({
      address,
      ...(token !== undefined && { token }),
      ...(userId !== undefined && { userId }),
      ...(senderId !== undefined && { senderId }),
      ...(identity !== undefined && { identity }),
    });
    this.sockets.identify(socket, caller);
    return {
      protocol: PROTOCOL_VERSION,
      role: caller.role,
      user_id: userId ?? caller.userId,
      server: SERVER,
    };
  }

  private async pend(socket: ClientSocket, kept: string | undefined): Promise<PendingPairing> {
    const { code, senderId, expiresAt } = await this.pairing.browser(socket.address, kept || undefined);
    const leftMs = Math.max(0, expiresAt.getTime() - this.clock.now());
    socket.anonymousSince = this.clock.monotonic() + Math.min(leftMs, PENDING_MAX_MS);
    return {
      protocol: PROTOCOL_VERSION,
      status: 'pending_pairing',
      pairing_code: code,
      sender_id: senderId,
      server: SERVER,
    };
  }

  @Access('admin')
  @RpcMethod('events.subscribe', SubscribeParams)
  subscribe({ all = false }: SubscribeParams, { socket }: RpcContext): Methods['events.subscribe']['result'] {
    this.sockets.watchAll(socket, all);
    return { ok: true, all };
  }

  @Access('admin')
  @RpcMethod('events.unsubscribe')
  unsubscribe(_params: object, { socket }: RpcContext): Methods['events.unsubscribe']['result'] {
    this.sockets.watchAll(socket, false);
    return { ok: true, all: false };
  }
}
