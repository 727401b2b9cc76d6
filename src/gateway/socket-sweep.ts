import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import { CloseCode, CONNECT_DEADLINE_MS, PING_INTERVAL_MS, READ_DEADLINE_MS } from '#protocol';
import type { ClientSocket } from './client-socket.js';
import { SocketRegistry } from './socket-registry.js';

const SWEEP_INTERVAL_MS = 1_000;

/** Pings, deadlines of silence and of connecting: one timer for all sockets, because idle ones must cost nothing. */
@Injectable()
export class SocketSweep implements OnModuleInit, OnModuleDestroy {
  private cancel: (() => void) | undefined;

  constructor(
    private readonly sockets: SocketRegistry,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.cancel ??= this.clock.after(SWEEP_INTERVAL_MS, () => this.sweep());
  }

  onModuleDestroy(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private sweep(): void {
    this.cancel = this.clock.after(SWEEP_INTERVAL_MS, () => this.sweep());
    const now = this.clock.monotonic();
    for (const socket of this.sockets.all) this.check(socket, now);
  }

  private check(socket: ClientSocket, now: number): void {
    // A socket that is not read now cannot be heard.
    if (socket.isPaused) socket.lastSeenAt = now;
    if (now - socket.lastSeenAt >= READ_DEADLINE_MS) socket.terminate();
    else if (socket.caller.role === 'none' && now - socket.anonymousSince >= CONNECT_DEADLINE_MS) {
      socket.close(CloseCode.POLICY_VIOLATION, `no connect within ${CONNECT_DEADLINE_MS / 1_000} s`);
    } else if (now - socket.lastPingAt >= PING_INTERVAL_MS) socket.ping(now);
  }
}
