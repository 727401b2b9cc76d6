export { BusModule } from './bus.module.js';
export { DomainEvents } from './domain-events.js';
export { type DomainEvent, RunFinished, SessionChanged } from './events.js';
