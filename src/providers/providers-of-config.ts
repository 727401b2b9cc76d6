import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ConfigChanged } from '#bus';
import { ConfigService } from '#config';
import { ProviderRegistry } from './provider-registry.js';
import { ProvidersConfig, settingsFrom } from './providers.config.js';

/** Providers of the configuration take effect with the next call. */
@Injectable()
@EventsHandler(ConfigChanged)
export class ProvidersOfConfig implements IEventHandler<ConfigChanged> {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly config: ConfigService,
  ) {}

  handle(event: ConfigChanged): void {
    if (event.touches('providers'))
      this.registry.replaceAll('config', settingsFrom(this.config.get(ProvidersConfig)));
  }
}
