import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { SealedFields } from '#permissions';
import { deploymentOf, ProviderStore } from '#store';
import { ProviderRegistry } from '../provider-registry.js';
import { settingsOfRow } from './provider-input.js';

/** What could not be read is tried again after this. */
const RETRY_MS = 2_000;

/** Keeps the registry's providers of source `database` as the table has them, on every replica. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class DatabaseProviders
  implements
    OnModuleInit,
    OnApplicationBootstrap,
    OnModuleDestroy,
    IEventHandler<CacheInvalidated | CachesStale>
{
  private readonly logger = new Logger('Providers');
  private reading: Promise<void> = Promise.resolve();
  /** A reading that has not begun yet will see every change that is committed by now. */
  private queued: Promise<void> | undefined;
  private cancelRetry: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly store: ProviderStore,
    private readonly registry: ProviderRegistry,
    private readonly sealed: SealedFields,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreError: a gateway that does not know its providers must not begin to answer */
  async onModuleInit(): Promise<void> {
    if (deploymentOf(this.config).mode === 'managed') await this.read();
  }

  /** Handlers hear of changes from now on; one that was made since the first reading was told to nobody here. */
  onApplicationBootstrap(): void {
    void this.reload();
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelRetry?.();
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
    this.cancelRetry?.();
    try {
      await this.read();
    } catch (error) {
      if (this.isStopped) return;
      // What is known stays in use, and one that was taken away must not stay for long.
      this.logger.error('the providers of the database cannot be read; it is tried again', error);
      this.cancelRetry = this.clock.after(RETRY_MS, () => void this.reload());
    }
  }

  private async read(): Promise<void> {
    const settings = (await this.store.all()).map((row) => settingsOfRow(row, this.sealed));
    for (const { broken } of settings) if (broken !== undefined) this.logger.error(broken);
    this.registry.replaceAll('database', settings);
  }
}
