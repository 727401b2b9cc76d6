import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FSWatcher } from 'chokidar';
import { dirname, join } from 'node:path';
import { ConfigService, ENV_FILE_NAME } from '#config';
import { Clock } from '#kernel';
import { LiveConfig } from './live-config.js';

/** Editors write in several steps: what is there this long after the last one is meant. */
const DEBOUNCE_MS = 300;

/** Reads the configuration again when its file changed. */
@Injectable()
export class ConfigWatcher implements OnModuleDestroy {
  private readonly logger = new Logger('Configuration');
  private watcher: Promise<FSWatcher> | undefined;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly live: LiveConfig,
    private readonly clock: Clock,
  ) {}

  /** Resolves when changes are seen. What changed since the start is read at once. Idempotent. */
  async start(): Promise<void> {
    this.watcher ??= this.watch();
    await this.watcher;
  }

  async onModuleDestroy(): Promise<void> {
    this.cancel?.();
    const watcher = await this.watcher?.catch(() => undefined);
    await watcher?.close();
  }

  private async watch(): Promise<FSWatcher> {
    // Loaded when the gateway listens already: nobody waits for it.
    const { watch } = await import('chokidar');
    const { path } = this.config;
    const envFile = join(dirname(path), ENV_FILE_NAME);
    const watcher = watch([path, envFile], { ignoreInitial: true, persistent: false, depth: 0 });
    watcher.on('error', (error) => this.logger.warn(`${path} is not watched: ${String(error)}`));
    watcher.on('all', (_event, changed) => {
      if (changed === envFile) this.logger.warn(`${envFile} changed: it is read at the next start.`);
      else this.soon();
    });
    await new Promise<void>((resolve) => watcher.once('ready', resolve));
    await this.live.reload();
    return watcher;
  }

  private soon(): void {
    this.cancel?.();
    this.cancel = this.clock.after(DEBOUNCE_MS, () => void this.live.reload());
  }
}
