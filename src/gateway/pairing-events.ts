import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { PairingChanged } from '#bus';
import type { Caller } from '#contracts';
import { PairingStore } from '#store';
import { type EncodedEvent, encodeEvent } from './encode-frame.js';
import { toPairedDevice, toPendingDevice } from './pairing-shape.js';
import { SocketRegistry } from './socket-registry.js';

/**
 * Tells who asks to be let in, and what became of it: admins with the scope of pairing, and whom it concerns. A code
 * in the wrong hands could be approved for somebody else's device.
 */
@Injectable()
@EventsHandler(PairingChanged)
export class PairingEvents implements IEventHandler<PairingChanged> {
  constructor(
    private readonly store: PairingStore,
    private readonly sockets: SocketRegistry,
  ) {}

  async handle({ change, id }: PairingChanged): Promise<void> {
    const isWanted = [...this.sockets.connected()].some(({ caller }) => mayPair(caller));
    if (!isWanted) return;
    if (change === 'requested') {
      const request = await this.store.pendingById(id);
      if (request)
        this.emit(encodeEvent('device.pair.requested', toPendingDevice(request)), request.requested_by);
    } else if (change === 'approved') {
      const device = await this.store.device(id);
      if (device)
        this.emit(
          encodeEvent('device.pair.resolved', { decision: 'approved', device: toPairedDevice(device) }),
          device.user_id,
        );
    } else {
      this.emit(encodeEvent('device.pair.resolved', { decision: 'revoked', device: { id } }), null);
    }
  }

  private emit(event: EncodedEvent, userId: string | null): void {
    for (const socket of this.sockets.connected()) {
      const { caller } = socket;
      if (mayPair(caller) && (caller.role === 'admin' || caller.userId === userId)) socket.emit(event);
    }
  }
}

function mayPair({ role, scopes }: Caller): boolean {
  if (role !== 'admin' && role !== 'operator') return false;
  return scopes.includes('operator.pairing') || scopes.includes('operator.admin');
}
