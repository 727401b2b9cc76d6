import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Browser } from 'playwright-core';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { BrowserConfig, type BrowserSettings } from '../browser.config.js';
import { BrowserError } from '../browser.errors.js';
import { removeLeftProfiles } from './browser-profile.js';
import { CdpPipe } from './cdp-pipe.js';
import { chromiumLack, findChromium } from './chromium-path.js';
import { ChromiumProcess } from './chromium-process.js';
import { MemoryWatch } from './memory-watch.js';

const START_TIMEOUT_MS = 20_000;

interface Running {
  readonly browser: Browser;
  readonly process: ChromiumProcess;
}

/** The one browser of this gateway: started when it is needed, and again when it ended. */
@Injectable()
export class ChromiumHost implements OnModuleDestroy {
  private readonly logger = new Logger('Browser');
  private current: Promise<Running> | undefined;
  private closing = false;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  get settings(): Readonly<BrowserSettings> {
    return this.config.get(BrowserConfig).browser;
  }

  get isRunning(): boolean {
    return this.current !== undefined;
  }

  /** @throws BrowserError `unavailable` */
  async browser(): Promise<Browser> {
    if (this.closing) throw new BrowserError('unavailable', 'The gateway is shutting down.');
    const starting = (this.current ??= this.start());
    try {
      const { browser } = await starting;
      if (browser.isConnected()) return browser;
    } catch (error) {
      this.forget(starting);
      throw error;
    }
    this.forget(starting);
    return this.browser();
  }

  /** Ends the browser with every page. The next one who needs it starts it anew. Idempotent. */
  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    const running = await current?.catch(() => undefined);
    running?.process.kill();
    await running?.process.ended;
  }

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    await this.close();
  }

  private forget(running: Promise<Running> | undefined): void {
    if (this.current === running) this.current = undefined;
  }

  private async start(): Promise<Running> {
    const { executable_path: configured, headless, display } = this.settings;
    const executable = await findChromium(configured);
    if (executable === undefined) throw new BrowserError('unavailable', chromiumLack(configured));
    await removeLeftProfiles();
    try {
      return await this.connect(
        await ChromiumProcess.start({ executable, headless, display, sandbox: true }),
      );
    } catch (error) {
      // Only root may go without the browser's sandbox: its pages run as nobody at least.
      if (process.getuid?.() !== 0) throw this.notStarted(error);
    }
    this.logger.warn(
      'the browser does not start with its sandbox here (no user namespaces); it runs without it, as nobody',
    );
    try {
      return await this.connect(
        await ChromiumProcess.start({ executable, headless, display, sandbox: false }),
      );
    } catch (error) {
      throw this.notStarted(error);
    }
  }

  private async connect(process: ChromiumProcess): Promise<Running> {
    const kill = (): void => process.kill();
    const giveUp = this.clock.after(START_TIMEOUT_MS, kill);
    const pipe = new CdpPipe(process.toBrowser, process.fromBrowser, kill, () => this.clock.monotonic());
    try {
      const { chromium } = await import('playwright-core');
      const connecting = chromium.connectOverCDP(pipe, {
        timeout: START_TIMEOUT_MS,
        artifactsDir: process.profile,
      });
      const ended = process.ended.then(() => {
        throw new Error(`it ended at once: ${process.lastWords}`);
      });
      const browser = await Promise.race([connecting, ended]);
      void this.watch(process);
      return { browser, process };
    } catch (error) {
      kill();
      await process.ended;
      throw error;
    } finally {
      giveUp();
    }
  }

  private async watch(process: ChromiumProcess): Promise<void> {
    const memory = new MemoryWatch(this.clock, process.pid, () => this.settings.max_memory_mb);
    const running = this.current;
    await process.ended;
    memory.stop();
    if (this.current !== running) return;
    this.forget(running);
    if (!this.closing) this.logger.warn('the browser ended by itself; the next call starts it anew');
  }

  private notStarted(error: unknown): BrowserError {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.error(`the browser does not start: ${reason}`);
    return new BrowserError(
      'unavailable',
      'The browser of the gateway does not start; its log says why. An admin can run "goclaw doctor", which names the remedy.',
      error,
    );
  }
}
