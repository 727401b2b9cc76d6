import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DomainEvents } from './domain-events.js';
import { EventRelay } from './event-relay.js';
import { FailedHandlers } from './failed-handlers.js';

@Global()
@Module({
  imports: [CqrsModule.forRoot()],
  providers: [DomainEvents, EventRelay, FailedHandlers],
  exports: [CqrsModule, DomainEvents],
})
export class BusModule {}
