import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale, ConfigChanged, DomainEvents } from '#bus';
import { ConfigError, type ConfigIssue, ConfigService, loadConfig } from '#config';
import { Clock } from '#kernel';
import { isUnavailable } from '#store';
import { ConfigLayers } from './config-layers.js';

/** While the database is away, its part is tried again after this. */
const RETRY_MS = 2_000;

/** Keeps the configuration of this gateway as its file and the database have it, while it runs. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class LiveConfig implements IEventHandler<CacheInvalidated | CachesStale>, OnModuleDestroy {
  private readonly logger = new Logger('Configuration');
  private last: Promise<unknown> = Promise.resolve();
  private issues: readonly ConfigIssue[] = [];
  private cancelRetry: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly config: ConfigService,
    private readonly layers: ConfigLayers,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Why what is written down is not in effect: the configuration before it still is. Empty: it is. */
  get problems(): readonly ConfigIssue[] {
    return this.issues;
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelRetry?.();
  }

  async handle(event: CacheInvalidated | CachesStale): Promise<void> {
    if (event instanceof CachesStale || event.cache === 'config') await this.reload();
  }

  /**
   * Reads everything again and takes it over if all of it can be used. One after the other; when it resolves, all that
   * was written before the call is in effect. Never rejects: what is wrong is logged, and in {@link problems}.
   */
  reload(): Promise<void> {
    const turn = this.last.then(() => this.readAgain());
    this.last = turn;
    return turn;
  }

  private async readAgain(): Promise<void> {
    const { source } = this.config;
    if (!source || this.isStopped) return;
    this.cancelRetry?.();
    try {
      this.take(loadConfig(source, await this.layers.read()));
      this.issues = [];
    } catch (error) {
      this.refuse(error);
    }
  }

  private take(next: ConfigService): void {
    if (next.hash() === this.config.hash()) return;
    const { live, restart } = this.config.adopt(next);
    for (const warning of next.warnings) this.logger.warn(warning);
    if (live.length > 0) this.logger.log(`changed, and in effect: ${live.join(', ')}`);
    if (restart.length > 0) this.logger.warn(`changed, in effect after a restart: ${restart.join(', ')}`);
    if (live.length > 0) this.events.publish(new ConfigChanged(live));
  }

  private refuse(error: unknown): void {
    if (!(error instanceof ConfigError)) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.error(`could not be read again, it stays as it is: ${reason}`);
      if (isUnavailable(error) && !this.isStopped)
        this.cancelRetry = this.clock.after(RETRY_MS, () => void this.reload());
      return;
    }
    this.issues = error.issues;
    for (const { path, message } of error.issues) {
      this.logger.error(
        `not taken over, the one before stays in effect: ${path ? `${path}: ` : ''}${message}`,
      );
    }
  }
}
