import { Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { CloseCode } from '#protocol';
import { encodeEvent } from './encode-frame.js';
import { SocketRegistry } from './socket-registry.js';

/** Sockets of one gateway; one more is refused. */
export const SOCKETS_MAX = 20_000;

/** How long clients may take to answer a close. */
const CLOSE_GRACE_MS = 1_000;
const CLOSE_POLL_MS = 20;

/** The gateway's end: for the shutdown sequence of the program. */
@Injectable()
export class SocketServer {
  private closing: Promise<void> | undefined;
  private announced = false;

  constructor(
    private readonly sockets: SocketRegistry,
    private readonly clock: Clock,
  ) {}

  /** Why no new socket is let in now; `undefined` when one is. */
  get refusal(): string | undefined {
    if (this.announced || this.closing) return 'The gateway is shutting down. Try again later.';
    if (this.sockets.count < SOCKETS_MAX) return undefined;
    return `The gateway has ${SOCKETS_MAX} sockets already. Try again later.`;
  }

  /** First step: tells every connected client, and lets nobody new in. Answers of open requests still go out. */
  announceShutdown(): void {
    if (this.announced) return;
    this.announced = true;
    const event = encodeEvent('shutdown');
    for (const socket of this.sockets.connected()) socket.emit(event);
  }

  /** Last step: closes every socket (1001); those that do not answer are dropped. Idempotent. */
  closeAll(): Promise<void> {
    this.closing ??= this.close();
    return this.closing;
  }

  private async close(): Promise<void> {
    for (const socket of this.sockets.all) {
      // A paused socket would never read the client's answer.
      socket.resume();
      socket.close(CloseCode.GOING_AWAY, 'the gateway shuts down');
    }
    const deadline = this.clock.monotonic() + CLOSE_GRACE_MS;
    while (this.sockets.count > 0 && this.clock.monotonic() < deadline) await this.clock.wait(CLOSE_POLL_MS);
    for (const socket of this.sockets.all) socket.terminate();
  }
}
