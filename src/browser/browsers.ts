import { Injectable } from '@nestjs/common';
import { Clock } from '#kernel';
import { NetworkGuard } from '#net';
import { BrowserError } from './browser.errors.js';
import { ChromiumHost } from './chromium/chromium-host.js';
import { act } from './page/act.js';
import type { ActRequest } from './page/act-request.js';
import { navigate, settle } from './page/navigate.js';
import {
  ACTION_TIMEOUT_MS,
  NAVIGATION_TIMEOUT_MS,
  type PageLimit,
  TIMEOUT_MAX_MS,
  WAIT_TIMEOUT_MS,
} from './page/page-limit.js';
import type { SnapshotOptions } from './page/snapshot-text.js';
import { takeScreenshot, type Screenshot } from './page/take-screenshot.js';
import { type Snapshot, takeSnapshot } from './page/take-snapshot.js';
import { type BrowserOwner, ownerKey } from './session/browser-owner.js';
import type { BrowserSession } from './session/browser-session.js';
import { BrowserSessions } from './session/browser-sessions.js';
import type { ConsoleLine, Tab, TabInfo } from './session/tab.js';
import { Turns } from './session/turns.js';

const SNAPSHOT_TIMEOUT_MS = 15_000;

/** Whose pages, which of them, and how long it may take. */
export interface BrowserCall {
  readonly owner: BrowserOwner;
  /** Absent: the page that was used last. */
  readonly targetId?: string;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** An answer, with what happened beside it. */
export interface BrowserAnswer<T> {
  readonly value: T;
  readonly notes: readonly string[];
}

export interface BrowserStatus {
  readonly running: boolean;
  readonly tabs: number;
  /** Of the page that was used last. */
  readonly url?: string;
}

export interface OpenedPage extends TabInfo {
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
}

/** What can be done with the pages of a conversation. All of it throws `BrowserError` or `NetworkError`. */
@Injectable()
export class Browsers {
  private readonly turns = new Turns();

  constructor(
    private readonly sessions: BrowserSessions,
    private readonly host: ChromiumHost,
    private readonly guard: NetworkGuard,
    private readonly clock: Clock,
  ) {}

  get isEnabled(): boolean {
    return this.host.settings.enabled;
  }

  async status(owner: BrowserOwner): Promise<BrowserStatus> {
    const session = await this.sessions.find(owner);
    const tabs = session?.tabs() ?? [];
    return {
      running: session !== undefined,
      tabs: tabs.length,
      ...(tabs.length > 0 && { url: session?.tab().url }),
    };
  }

  async start(owner: BrowserOwner): Promise<void> {
    await this.inTurn(owner, () => this.sessions.of(owner));
  }

  /** Closes every page of the conversation; returns whether there was any browser. */
  stop(owner: BrowserOwner): Promise<boolean> {
    return this.sessions.close(owner);
  }

  tabs({ owner }: BrowserCall): Promise<BrowserAnswer<readonly TabInfo[]>> {
    return this.inOpen(owner, (session) => Promise.all(session.tabs().map((tab) => tab.info())));
  }

  /** Opens an address in a page of its own. */
  open(call: BrowserCall, address: string): Promise<BrowserAnswer<OpenedPage>> {
    return this.inAny(call.owner, async (session) => {
      const tab = await session.newTab();
      try {
        return await this.goTo(session, tab, call, address);
      } catch (error) {
        await session.closeTab(tab);
        throw error;
      }
    });
  }

  /** Opens an address in the page that is there, or in a first one. */
  navigate(call: BrowserCall, address: string): Promise<BrowserAnswer<OpenedPage>> {
    return this.inAny(call.owner, async (session) => {
      const isFirst = call.targetId === undefined && session.tabs().length === 0;
      return this.goTo(session, isFirst ? await session.newTab() : session.tab(call.targetId), call, address);
    });
  }

  closeTab({ owner, targetId }: BrowserCall): Promise<BrowserAnswer<string>> {
    return this.inOpen(owner, async (session) => {
      const tab = session.tab(targetId);
      await session.closeTab(tab);
      return tab.id;
    });
  }

  snapshot(call: BrowserCall, options: SnapshotOptions): Promise<BrowserAnswer<Snapshot>> {
    const limit = this.limit(call, SNAPSHOT_TIMEOUT_MS);
    return this.inOpen(call.owner, (session) => takeSnapshot(session.tab(call.targetId), options, limit));
  }

  screenshot(call: BrowserCall, fullPage: boolean): Promise<BrowserAnswer<Screenshot & TabInfo>> {
    return this.inOpen(call.owner, async (session) => {
      const tab = session.tab(call.targetId);
      const picture = await takeScreenshot(tab, fullPage, this.limit(call, SNAPSHOT_TIMEOUT_MS));
      return { ...picture, ...(await tab.info()) };
    });
  }

  console({ owner, targetId }: BrowserCall): Promise<BrowserAnswer<readonly ConsoleLine[]>> {
    return this.inOpen(owner, (session) => Promise.resolve(session.tab(targetId).takeConsole()));
  }

  act(call: BrowserCall, request: ActRequest): Promise<BrowserAnswer<string>> {
    const limit = this.limit(call, request.kind === 'wait' ? WAIT_TIMEOUT_MS : ACTION_TIMEOUT_MS);
    return this.inOpen(call.owner, async (session) => {
      const before = new Set(session.tabs());
      const told = await act(session.tab(call.targetId), request, limit);
      const opened = session.tabs().filter((tab) => !before.has(tab));
      await Promise.all(opened.map(({ page }) => settle(page)));
      return [told, ...opened.map(({ id, url }) => `A new page was opened: ${id} (${url}).`)].join('\n');
    });
  }

  private async goTo(
    session: BrowserSession,
    tab: Tab,
    call: BrowserCall,
    address: string,
  ): Promise<OpenedPage> {
    const limit = this.limit(call, NAVIGATION_TIMEOUT_MS);
    const status = await navigate(session, tab, address, this.guard, limit);
    return { ...(await tab.info()), ...(status !== undefined && { status }) };
  }

  private inAny<T>(
    owner: BrowserOwner,
    work: (session: BrowserSession) => Promise<T>,
  ): Promise<BrowserAnswer<T>> {
    return this.inTurn(owner, async () => this.use(await this.sessions.of(owner), work));
  }

  private inOpen<T>(
    owner: BrowserOwner,
    work: (session: BrowserSession) => Promise<T>,
  ): Promise<BrowserAnswer<T>> {
    return this.inTurn(owner, async () => {
      const session = await this.sessions.find(owner);
      if (session) return this.use(session, work);
      throw new BrowserError(
        'not-open',
        'No page is open in this conversation. Open one first: action "open" with targetUrl.',
      );
    });
  }

  private async inTurn<T>(owner: BrowserOwner, work: () => Promise<T>): Promise<T> {
    this.requireEnabled();
    return this.turns.take(ownerKey(owner), work);
  }

  private async use<T>(
    session: BrowserSession,
    work: (session: BrowserSession) => Promise<T>,
  ): Promise<BrowserAnswer<T>> {
    session.isBusy = true;
    try {
      const value = await work(session);
      return { value, notes: session.takeNotes() };
    } finally {
      session.isBusy = false;
      session.lastUsed = this.clock.monotonic();
    }
  }

  private requireEnabled(): void {
    if (!this.isEnabled)
      throw new BrowserError(
        'disabled',
        'The browser is switched off (tools.browser.enabled). web_fetch reads pages without one.',
      );
  }

  private limit({ signal, timeoutMs }: BrowserCall, usualMs: number): PageLimit {
    return { signal, clock: this.clock, timeoutMs: Math.min(timeoutMs ?? usualMs, TIMEOUT_MAX_MS) };
  }
}
