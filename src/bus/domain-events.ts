import { Injectable } from '@nestjs/common';
import { EventBus } from '@nestjs/cqrs';
import type { DomainEvent } from './events.js';

/** Publishes what happened, after it was committed. Handlers are `@EventsHandler` classes of any module. */
@Injectable()
export class DomainEvents {
  constructor(private readonly bus: EventBus<DomainEvent>) {}

  publish(event: DomainEvent): void {
    this.bus.publish(event);
  }
}
