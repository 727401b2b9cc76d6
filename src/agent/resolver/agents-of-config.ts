import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, ConfigChanged, DomainEvents } from '#bus';
import { ConfigService } from '#config';
import { deploymentOf } from '#store';
import { AgentSeeder } from './agent-seeder.js';

/** Agents of the configuration (standalone) take effect with the next run. */
@Injectable()
@EventsHandler(ConfigChanged)
export class AgentsOfConfig implements IEventHandler<ConfigChanged> {
  constructor(
    private readonly seeder: AgentSeeder,
    private readonly config: ConfigService,
    private readonly events: DomainEvents,
  ) {}

  async handle(event: ConfigChanged): Promise<void> {
    if (!event.touches('agents') || deploymentOf(this.config).mode === 'managed') return;
    await this.seeder.seed();
    this.events.publish(new CacheInvalidated('agent'));
  }
}
