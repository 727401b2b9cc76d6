import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FSWatcher } from 'chokidar';
import { realpath } from 'node:fs/promises';
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
    const files = new Set([path, envFile, await realpath(path).catch(() => path)]);
    const directories = new Set([...files].map((file) => dirname(file)));
    // Directories, not files: one that is made later is seen, and a link that is swapped for another one.
    const watcher = watch([...directories], {
      ignoreInitial: true,
      persistent: false,
      followSymlinks: false,
      depth: 0,
      ignored: (seen) => !files.has(seen) && !directories.has(seen),
    });
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
