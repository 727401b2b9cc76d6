import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { RunFeed } from '#agent';
import { encodeRunEvent } from './encode-frame.js';
import { SocketRegistry } from './socket-registry.js';

/**
 * Sends what happens in runs to the sockets of the run's own user, and to admin sockets that asked for all. An
 * event that nobody listens to is not even serialised.
 */
@Injectable()
export class EventHub implements OnModuleInit, OnModuleDestroy {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly feed: RunFeed,
    private readonly sockets: SocketRegistry,
  ) {}

  onModuleInit(): void {
    this.unsubscribe ??= this.feed.subscribe((event, run) => {
      const own = this.sockets.ofUser(run.userId);
      const { watchers } = this.sockets;
      if (own.size === 0 && watchers.size === 0) return;
      const encoded = encodeRunEvent(event, run);
      for (const socket of own) socket.emitLive(encoded, run.runId);
      for (const socket of watchers) if (!own.has(socket)) socket.emitLive(encoded, run.runId);
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }
}
