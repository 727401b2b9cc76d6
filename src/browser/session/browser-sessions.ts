import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, ConfigChanged, RunFinished, SessionChanged } from '#bus';
import { Clock } from '#kernel';
import { NetworkGuard } from '#net';
import { BrowserError } from '../browser.errors.js';
import { ChromiumHost } from '../chromium/chromium-host.js';
import { type BrowserOwner, ownerKey } from './browser-owner.js';
import { BrowserSession } from './browser-session.js';

/** Conversations of one user that may have pages open; one more closes the one that he used least lately. */
export const SESSIONS_PER_USER_MAX = 4;
const SWEEP_EVERY_MS = 5_000;
/** How long a browser without pages is kept. */
const EMPTY_BROWSER_MS = 30_000;
const SETTINGS = 'tools.browser';

/** What ends the pages of some. */
type PagesEnd = CacheInvalidated | RunFinished | SessionChanged;

interface Slot {
  readonly owner: BrowserOwner;
  readonly opening: Promise<BrowserSession>;
  session?: BrowserSession;
}

/** Which conversation has which pages. Bounded in number, closed when nobody uses them. */
@Injectable()
@EventsHandler(CacheInvalidated, ConfigChanged, RunFinished, SessionChanged)
export class BrowserSessions implements OnModuleDestroy, IEventHandler<ConfigChanged | PagesEnd> {
  private readonly slots = new Map<string, Slot>();
  private cancelSweep: (() => void) | undefined;
  private emptySince: number | undefined;
  private stopped = false;

  constructor(
    private readonly host: ChromiumHost,
    private readonly guard: NetworkGuard,
    private readonly clock: Clock,
  ) {}

  /** The pages of a conversation, when it has any. */
  async find(owner: BrowserOwner): Promise<BrowserSession | undefined> {
    const session = await this.slots.get(ownerKey(owner))?.opening.catch(() => undefined);
    return session?.isClosing === false ? session : undefined;
  }

  /** The same, or new ones. @throws BrowserError */
  async of(owner: BrowserOwner): Promise<BrowserSession> {
    const known = await this.find(owner);
    if (known) return this.used(known);
    const key = ownerKey(owner);
    const other = this.slots.get(key);
    if (other && !other.session?.isClosing) return this.used(await other.opening);
    this.makeRoom(owner);
    const slot: Slot = { owner, opening: this.open(owner) };
    this.slots.set(key, slot);
    try {
      slot.session = await slot.opening;
    } catch (error) {
      this.drop(key, slot);
      throw error;
    }
    slot.session.onClosed(() => this.drop(key, slot));
    this.plan();
    return slot.session;
  }

  /** Returns whether there was anything to close. */
  async close(owner: BrowserOwner): Promise<boolean> {
    const session = await this.find(owner);
    await session?.close();
    return session !== undefined;
  }

  /** A conversation that begins anew has no pages; settings that changed hold for the next browser. */
  async handle(event: ConfigChanged | PagesEnd): Promise<void> {
    if (event instanceof ConfigChanged) {
      if (event.touches(SETTINGS)) await this.closeAll();
    } else {
      await Promise.all(this.meant(event).map(({ owner }) => this.close(owner)));
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.cancelSweep?.();
    await this.closeAll();
  }

  private meant(event: PagesEnd): readonly Slot[] {
    return [...this.slots.values()].filter(({ owner }) => isEndedBy(event, owner));
  }

  private async open(owner: BrowserOwner): Promise<BrowserSession> {
    if (this.stopped) throw new BrowserError('unavailable', 'The gateway is shutting down.');
    return BrowserSession.open(owner, await this.host.browser(), this.guard, this.clock);
  }

  private used(session: BrowserSession): BrowserSession {
    session.lastUsed = this.clock.monotonic();
    return session;
  }

  /** @throws BrowserError `busy` when all are in use. */
  private makeRoom({ userId }: BrowserOwner): void {
    const own = [...this.slots].filter(([, { owner }]) => owner.userId === userId);
    if (own.length >= SESSIONS_PER_USER_MAX) this.evict(own, 'your conversations');
    else if (this.slots.size >= this.host.settings.max_contexts) this.evict([...this.slots], 'others');
  }

  private evict(from: readonly (readonly [string, Slot])[], whose: string): void {
    const idle = from.flatMap(([key, { session }]) => (session && !session.isBusy ? [{ key, session }] : []));
    const [oldest] = idle.toSorted((a, b) => a.session.lastUsed - b.session.lastUsed);
    if (!oldest)
      throw new BrowserError(
        'busy',
        `All browsers of the gateway are in use by ${whose}; try again in a minute.`,
      );
    this.slots.delete(oldest.key);
    void oldest.session.close();
  }

  private drop(key: string, slot: Slot): void {
    if (this.slots.get(key) === slot) this.slots.delete(key);
  }

  private async closeAll(): Promise<void> {
    const open = [...this.slots.values()];
    this.slots.clear();
    await this.host.close();
    await Promise.all(open.map(async ({ opening }) => (await opening.catch(() => undefined))?.close()));
  }

  private plan(): void {
    if (this.cancelSweep || this.stopped) return;
    this.cancelSweep = this.clock.after(SWEEP_EVERY_MS, () => {
      this.cancelSweep = undefined;
      this.sweep();
      if (this.slots.size > 0 || this.host.isRunning) this.plan();
    });
  }

  /** Closes what nobody used for long, and then the browser. */
  private sweep(): void {
    const now = this.clock.monotonic();
    const idleMs = this.host.settings.idle_timeout_sec * 1_000;
    for (const [key, { session }] of this.slots) {
      if (!session || session.isBusy || now - session.lastUsed < idleMs) continue;
      this.slots.delete(key);
      void session.close();
    }
    if (this.slots.size > 0) this.emptySince = undefined;
    else this.emptySince ??= now;
    if (this.emptySince !== undefined && now - this.emptySince >= EMPTY_BROWSER_MS) {
      this.emptySince = undefined;
      void this.host.close();
    }
  }
}

/** The conversation began anew, the run that the pages belong to has ended, or the user was erased. */
function isEndedBy(event: PagesEnd, { userId, sessionId, runId }: BrowserOwner): boolean {
  if (event instanceof SessionChanged) return sessionId === event.sessionId;
  if (event instanceof RunFinished) return runId === event.runId;
  return event.cache === 'sandboxes' && userId === event.key;
}
