import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { Notifications } from '#store';
import { CachesStale } from './caches-stale.js';
import type { DomainEvent } from './events.js';
import { decodeRelayed } from './relayed-events.js';

/** Publishes here what other replicas published, and says so when something of it may have been missed. */
@Injectable()
export class EventRelay implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('EventRelay');
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly bus: EventBus<DomainEvent>,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.ends.push(
      this.notifications.subscribe('bus', (message) => this.hear(message)),
      this.notifications.onGap(() => void this.bus.publish(new CachesStale())),
    );
  }

  onModuleDestroy(): void {
    for (const end of this.ends.splice(0)) end();
  }

  private hear(message: string): void {
    const event = decodeRelayed(message);
    if (event) this.bus.publish(event);
    else this.logger.debug(`not understood, perhaps of a newer version: ${message}`);
  }
}
