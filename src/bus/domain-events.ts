import { Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { Notifications } from '#store';
import type { DomainEvent } from './events.js';
import { encodeRelayed } from './relayed-events.js';

/** Publishes what happened, after it was committed. Handlers are `@EventsHandler` classes of any module. */
@Injectable()
export class DomainEvents {
  constructor(
    private readonly bus: EventBus<DomainEvent>,
    private readonly notifications: Notifications,
  ) {}

  /** Here, and on all other replicas what they must know of. */
  publish(event: DomainEvent): void {
    this.bus.publish(event);
    const message = encodeRelayed(event);
    if (message !== undefined) this.notifications.publish('bus', message);
  }
}
