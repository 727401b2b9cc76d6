import { Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import { Notifications, type Queryable } from '#store';
import type { DomainEvent } from './events.js';
import { encodeRelayed } from './relayed-events.js';

/** Publishes what happened, once it is committed. Handlers are `@EventsHandler` classes of any module. */
@Injectable()
export class DomainEvents {
  constructor(
    private readonly bus: EventBus<DomainEvent>,
    private readonly notifications: Notifications,
  ) {}

  /**
   * On all other replicas, with the commit of the transaction that makes it so: they hear of it even when this process
   * ends right after that. Here, {@link publishHere} then does.
   */
  async announce(tx: Queryable, events: readonly DomainEvent[]): Promise<void> {
    const messages = events.flatMap((event) => encodeRelayed(event) ?? []);
    await this.notifications.publishWith(tx, 'bus', messages);
  }

  /** What the other replicas know already. */
  publishHere(event: DomainEvent): void {
    this.bus.publish(event);
  }

  /** Here, and on all other replicas what they must know of. */
  publish(event: DomainEvent): void {
    this.bus.publish(event);
    const message = encodeRelayed(event);
    if (message !== undefined) this.notifications.publish('bus', message);
  }
}
