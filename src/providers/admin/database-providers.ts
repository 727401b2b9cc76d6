import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import { ConfigService } from '#config';
import { SealedFields } from '#permissions';
import { deploymentOf, ProviderStore } from '#store';
import { ProviderRegistry } from '../provider-registry.js';
import { settingsOfRow } from './provider-input.js';

/** Keeps the registry's providers of source `database` as the table has them, on every replica. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class DatabaseProviders implements OnModuleInit, IEventHandler<CacheInvalidated | CachesStale> {
  private readonly logger = new Logger('Providers');
  private reading: Promise<void> = Promise.resolve();
  /** A reading that has not begun yet will see every change that is committed by now. */
  private queued: Promise<void> | undefined;

  constructor(
    private readonly store: ProviderStore,
    private readonly registry: ProviderRegistry,
    private readonly sealed: SealedFields,
    private readonly config: ConfigService,
  ) {}

  /** @throws StoreError: a gateway that does not know its providers must not begin to answer */
  async onModuleInit(): Promise<void> {
    if (deploymentOf(this.config).mode === 'managed') await this.read();
  }

  async handle(event: CacheInvalidated | CachesStale): Promise<void> {
    if (event instanceof CacheInvalidated && event.cache !== 'providers') return;
    await this.reload();
  }

  /** Resolves when the registry knows everything that was committed before the call. */
  reload(): Promise<void> {
    if (deploymentOf(this.config).mode !== 'managed') return Promise.resolve();
    this.queued ??= this.reading.then(() => {
      this.queued = undefined;
      this.reading = this.tryToRead();
      return this.reading;
    });
    return this.queued;
  }

  private async tryToRead(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      // What is known stays in use; the next change, or the next gap in the news, reads again.
      this.logger.error('the providers of the database cannot be read', error);
    }
  }

  private async read(): Promise<void> {
    const settings = (await this.store.all()).map((row) => settingsOfRow(row, this.sealed));
    for (const { broken } of settings) if (broken !== undefined) this.logger.error(broken);
    this.registry.replaceAll('database', settings);
  }
}
