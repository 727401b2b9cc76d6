import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Clock } from '#kernel';
import type { NetworkGuard } from '#net';
import { BrowserError } from '../browser.errors.js';
import { FilteringProxy } from '../proxy/filtering-proxy.js';
import type { BrowserOwner } from './browser-owner.js';
import { Notes } from './notes.js';
import { Tab } from './tab.js';

/** Pages that one conversation has open, popups among them. */
export const TABS_MAX = 8;
const VIEWPORT = { width: 1_280, height: 800 };
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * The pages of one conversation: their cookies and storage are no other's, and all their connections go through one
 * proxy.
 */
export class BrowserSession {
  readonly notes = new Notes();
  /** A call works with it. */
  isBusy = false;
  /** Monotonic milliseconds of its last use. */
  lastUsed: number;
  private readonly open = new Map<string, Tab>();
  private current: Tab | undefined;
  private tabsMade = 0;
  private closing: Promise<void> | undefined;

  private constructor(
    readonly owner: BrowserOwner,
    private readonly context: BrowserContext,
    private readonly proxy: FilteringProxy,
    private readonly clock: Clock,
  ) {
    this.lastUsed = clock.monotonic();
    context.on('page', (page) => this.adopt(page));
  }

  static async open(
    owner: BrowserOwner,
    browser: Browser,
    guard: NetworkGuard,
    clock: Clock,
  ): Promise<BrowserSession> {
    const proxy = await FilteringProxy.open(guard);
    try {
      const context = await browser.newContext({
        proxy: { server: proxy.url, bypass: '<-loopback>' },
        viewport: VIEWPORT,
        acceptDownloads: false,
        serviceWorkers: 'block',
      });
      return new BrowserSession(owner, context, proxy, clock);
    } catch (error) {
      proxy.close();
      throw error;
    }
  }

  /** Calls back once, when it is closed by whomever. */
  onClosed(callback: () => void): void {
    this.context.once('close', () => {
      this.proxy.close();
      callback();
    });
  }

  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  /** In the order of their opening. */
  tabs(): readonly Tab[] {
    return [...this.open.values()].filter((tab) => tab.isUsable);
  }

  /** The one that is meant; without an id the one that was used last. @throws BrowserError */
  tab(id?: string): Tab {
    const tabs = this.tabs();
    const found = id === undefined ? this.latest(tabs) : tabs.find((tab) => tab.id === id);
    if (!found) throw noTab(id, tabs);
    this.current = found;
    return found;
  }

  /** @throws BrowserError */
  async newTab(): Promise<Tab> {
    if (this.tabs().length >= TABS_MAX)
      throw new BrowserError('busy', `${TABS_MAX} pages are open already; close one of them first.`);
    const page = await this.context.newPage();
    this.current = this.adopt(page);
    return this.current;
  }

  async closeTab(tab: Tab): Promise<void> {
    await tab.discard();
    this.open.delete(tab.id);
  }

  /** Everything that happened beside what was asked. */
  takeNotes(): readonly string[] {
    for (const { target, message } of this.proxy.takeRefusals())
      this.notes.add(`Refused ${target}: ${message}`);
    return this.notes.take();
  }

  /** Why the proxy let nobody through lately; for an answer that already says it. */
  takeRefusal(): string | undefined {
    return this.proxy.takeRefusals().at(-1)?.message;
  }

  /** Closes every page and forgets what they stored. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    this.proxy.close();
    const late = Promise.withResolvers<undefined>();
    const cancel = this.clock.after(CLOSE_TIMEOUT_MS, () => late.resolve(undefined));
    await Promise.race([this.context.close().catch(() => undefined), late.promise]);
    cancel();
  }

  private latest(tabs: readonly Tab[]): Tab | undefined {
    return this.current && tabs.includes(this.current) ? this.current : tabs.at(-1);
  }

  /** Also those that pages open themselves. */
  private adopt(page: Page): Tab {
    const known = [...this.open.values()].find((tab) => tab.page === page);
    if (known) return known;
    const tab = new Tab(`t${++this.tabsMade}`, page, this.notes, this.clock);
    if (this.tabs().length >= TABS_MAX) {
      this.notes.add(`A page wanted to open one more; ${TABS_MAX} are open already.`);
      void tab.discard();
      return tab;
    }
    this.open.set(tab.id, tab);
    page.once('close', () => this.open.delete(tab.id));
    return tab;
  }
}

function noTab(id: string | undefined, tabs: readonly Tab[]): BrowserError {
  if (tabs.length === 0)
    return new BrowserError('not-open', 'No page is open. Open one first: action "open" with targetUrl.');
  const ids = tabs.map((tab) => tab.id).join(', ');
  return new BrowserError('invalid', `There is no page ${JSON.stringify(id ?? '')}; open are: ${ids}.`);
}
