import type { ConsoleMessage, Page } from 'playwright-core';
import type { Clock } from '#kernel';
import { type Notes, oneLine } from './notes.js';

const CONSOLE_KEPT_MAX = 500;
const CONSOLE_LINE_MAX_CHARS = 1_000;
const URL_SHOWN_MAX_CHARS = 2_000;
const TITLE_SHOWN_MAX_CHARS = 200;
const DIALOG_SHOWN_MAX_CHARS = 200;
const ANSWER_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 3_000;

export interface ConsoleLine {
  readonly level: string;
  readonly text: string;
}

export interface TabInfo {
  readonly targetId: string;
  readonly url: string;
  readonly title: string;
}

/** One page, as a model knows it. */
export class Tab {
  private lines: ConsoleLine[] = [];
  private crashed = false;
  private check: Promise<boolean> = Promise.resolve(false);

  constructor(
    readonly id: string,
    readonly page: Page,
    notes: Notes,
    private readonly clock: Clock,
  ) {
    page.on('console', (message) => this.hear(message));
    page.on('pageerror', (error) => this.keep('error', String(error)));
    page.on('dialog', (dialog) => {
      // Whether to leave a page is not the page's to say.
      if (dialog.type() === 'beforeunload') return void dialog.accept().catch(() => undefined);
      const text = oneLine(dialog.message(), DIALOG_SHOWN_MAX_CHARS);
      notes.add(
        `The page ${id} showed a ${dialog.type()} dialog, which was dismissed: ${JSON.stringify(text)}`,
      );
      dialog.dismiss().catch(() => undefined);
    });
    page.on('download', (download) => {
      notes.add(`The page ${id} offered a download, which was not taken. web_fetch reads what is text.`);
      download.cancel().catch(() => undefined);
    });
    page.on('crash', () => {
      this.crashed = true;
      notes.add(`The page ${id} broke down or took too much, and was closed.`);
      void this.discard();
    });
  }

  get isUsable(): boolean {
    return !this.crashed && !this.page.isClosed();
  }

  get url(): string {
    return this.page.url().slice(0, URL_SHOWN_MAX_CHARS);
  }

  async info(): Promise<TabInfo> {
    const title = await this.answerOf(this.page.title());
    return { targetId: this.id, url: this.url, title: oneLine(title ?? '', TITLE_SHOWN_MAX_CHARS) };
  }

  /** What the page wrote since the last time somebody asked. */
  takeConsole(): readonly ConsoleLine[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** Resolves when nobody finds out any more whether it still answers: that would give up what is loaded next. */
  get settled(): Promise<unknown> {
    return this.check;
  }

  /** Closes it when its script lets nothing else be done; returns whether that was so. */
  closeIfHung(): Promise<boolean> {
    this.check = this.isHung();
    return this.check;
  }

  /** Closes it, also when it does not answer. */
  async discard(): Promise<void> {
    await this.within(CLOSE_TIMEOUT_MS, this.page.close());
  }

  private async isHung(): Promise<boolean> {
    if ((await this.answerOf(this.ping())) !== undefined) return false;
    await this.discard();
    return true;
  }

  /** Asks the page's own thread. What it still loads is given up: until then the browser would keep the question. */
  private async ping(): Promise<true> {
    const cdp = await this.page.context().newCDPSession(this.page);
    await cdp.send('Page.stopLoading');
    await cdp.send('Runtime.evaluate', { expression: '1' });
    await cdp.detach();
    return true;
  }

  private answerOf<T>(question: Promise<T>): Promise<T | undefined> {
    return this.within(ANSWER_TIMEOUT_MS, question);
  }

  /** `undefined`: it failed, or was not there in time. */
  private async within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    const late = Promise.withResolvers<undefined>();
    const cancel = this.clock.after(ms, () => late.resolve(undefined));
    try {
      return await Promise.race([work.catch(() => undefined), late.promise]);
    } finally {
      cancel();
    }
  }

  private hear(message: ConsoleMessage): void {
    this.keep(message.type(), message.text());
  }

  private keep(level: string, text: string): void {
    this.lines.push({ level, text: oneLine(text, CONSOLE_LINE_MAX_CHARS) });
    if (this.lines.length > CONSOLE_KEPT_MAX) this.lines.shift();
  }
}
