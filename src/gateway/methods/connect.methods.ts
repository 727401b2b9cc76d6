import { Injectable } from '@nestjs/common';
import { Clock, VERSION } from '#kernel';
import { Access, Authenticator } from '#permissions';
import { type Methods, PROTOCOL_VERSION, SERVER_NAME } from '#protocol';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { SocketRegistry } from '../socket-registry.js';
import { ConnectParams, SubscribeParams } from './connect.dto.js';

/** Who a socket is, and whose events it gets. */
@Injectable()
export class ConnectMethods {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sockets: SocketRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * May be repeated; each time decides anew, and one that fails leaves the socket anonymous. In standalone mode the
   * user id is echoed and otherwise ignored.
   */
  @Access('none')
  @RpcMethod('connect', ConnectParams)
  connect(params: ConnectParams, { socket }: RpcContext): Methods['connect']['result'] {
    const { token, user_id: userId } = params;
    this.sockets.disown(socket, this.clock.monotonic());
    const caller = this.authenticator.authenticate({
      address: socket.address,
      ...(token !== undefined && { token }),
      ...(userId !== undefined && { userId }),
    });
    this.sockets.identify(socket, caller);
    return {
      protocol: PROTOCOL_VERSION,
      role: caller.role,
      user_id: userId ?? caller.userId,
      server: { name: SERVER_NAME, version: VERSION },
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
