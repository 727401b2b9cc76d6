import { Logger } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { HostProcesses } from '#processes';
import { McpError } from '../mcp.errors.js';
import {
  CONNECT_TIMEOUT_MS,
  FAILURES_TOLERATED,
  PING_INTERVAL_MS,
  RECONNECT_ATTEMPTS_MAX,
  RECONNECT_BASE_MS,
  RECONNECT_MAX_MS,
  RELIST_PAUSE_MS,
  RETIRE_LIMIT_MS,
} from '../mcp.limits.js';
import type { McpServerTerms } from '../server/server-terms.js';
import { McpSession } from './mcp-session.js';
import { openTransport } from './open-transport.js';
import { listServer, type ServerListing } from './server-listing.js';
import { toMcpError } from './to-mcp-error.js';

export type LinkState = 'idle' | 'connecting' | 'connected' | 'failed';

export interface LinkStatus {
  readonly state: LinkState;
  /** Tools that the server had when they were read last. */
  readonly tools?: number;
  /** What was wrong last, for people. */
  readonly error?: string;
  /** The end of what the program wrote to its standard error. */
  readonly stderr?: string;
}

export interface LinkOptions {
  readonly terms: McpServerTerms;
  readonly clock: Clock;
  /** For servers that are programs. */
  readonly processes: HostProcesses;
  /** `Bearer …` of the user, where he has one. */
  readonly authorization?: () => Promise<string | undefined>;
  /** The server refused it. Whether there is another one now. */
  readonly renew?: () => Promise<boolean>;
  /** It connects again by itself. */
  readonly isShared: boolean;
}

/**
 * The way to one server, for everybody or for one user: connects when it is first needed, watches the connection, makes
 * a new one when it is gone, and knows what the server has. Safe for concurrent use.
 */
export class McpLink {
  readonly terms: McpServerTerms;
  /** Calls that go on. */
  active = 0;
  lastUsed: number;

  private readonly logger = new Logger('Mcp');
  private readonly clock: Clock;
  private current: McpSession | undefined;
  private opening: Promise<McpSession> | undefined;
  private listing: ServerListing | undefined;
  private listingText = '';
  private failures = 0;
  private retryAt = 0;
  private lastError: McpError | undefined;
  private isRetired = false;
  private readonly closing = new AbortController();
  private cancelPing: (() => void) | undefined;
  private cancelRetry: (() => void) | undefined;
  private cancelRelist: (() => void) | undefined;

  constructor(private readonly options: LinkOptions) {
    this.terms = options.terms;
    this.clock = options.clock;
    this.lastUsed = this.clock.monotonic();
  }

  get status(): LinkStatus {
    const state = this.current
      ? 'connected'
      : this.opening
        ? 'connecting'
        : this.lastError
          ? 'failed'
          : 'idle';
    const stderr: unknown = this.lastError?.details?.['stderr'];
    return {
      state,
      ...(this.listing && { tools: this.listing.tools.size }),
      ...(this.lastError && { error: this.lastError.message }),
      ...(typeof stderr === 'string' && { stderr }),
    };
  }

  /** What the server has, as far as it is known within `waitMs`. @throws McpError when it is not */
  async listed(waitMs: number): Promise<ServerListing> {
    this.lastUsed = this.clock.monotonic();
    if (this.listing && (this.current || this.failures < FAILURES_TOLERATED)) {
      if (!this.current && this.failures > 0) this.session().catch(() => undefined);
      return this.listing;
    }
    const late = Promise.withResolvers<never>();
    const cancel = this.clock.after(waitMs, () => late.reject(this.stillConnecting()));
    try {
      await Promise.race([this.session(), late.promise]);
    } finally {
      cancel();
    }
    if (!this.listing) throw this.stillConnecting();
    return this.listing;
  }

  /** What is known of the server without asking it. */
  get known(): ServerListing | undefined {
    return this.listing;
  }

  /**
   * Works over the connection. Once more when the server did nothing of it: it forgot the connection, or the user's
   * token had run out.
   * @throws McpError; the signal's reason
   */
  async use<T>(signal: AbortSignal, work: (session: McpSession) => Promise<T>): Promise<T> {
    this.active += 1;
    try {
      const session = await unlessAborted(this.session(), signal);
      try {
        return await work(session);
      } catch (error) {
        if (!(await this.mayRepeat(error, session))) throw error;
        return await work(await unlessAborted(this.session(), signal));
      }
    } finally {
      this.active -= 1;
      this.lastUsed = this.clock.monotonic();
    }
  }

  /** What was wrong may be right now: the next who asks tries at once. */
  reset(): void {
    this.retryAt = 0;
    this.failures = 0;
  }

  /** Ends the connection; the next call makes a new one. */
  async rest(): Promise<void> {
    const { current } = this;
    this.leave();
    await current?.close();
  }

  /** Takes no new calls, and ends when those that go on have. */
  async retire(): Promise<void> {
    this.isRetired = true;
    const limit = this.clock.monotonic() + RETIRE_LIMIT_MS;
    while (this.active > 0 && this.clock.monotonic() < limit) await this.clock.wait(100);
    await this.close();
  }

  /** At once. Idempotent. */
  async close(): Promise<void> {
    this.isRetired = true;
    this.closing.abort();
    this.cancelRetry?.();
    const { opening } = this;
    await this.rest();
    await opening?.catch(() => undefined);
  }

  private session(): Promise<McpSession> {
    if (this.isRetired) return Promise.reject(this.retired());
    if (this.current) return Promise.resolve(this.current);
    if (this.opening) return this.opening;
    const wait = this.retryAt - this.clock.monotonic();
    if (wait > 0 && this.lastError) return Promise.reject(this.notYet(this.lastError, wait));
    this.opening = this.open().finally(() => {
      this.opening = undefined;
    });
    this.opening.catch(() => undefined);
    return this.opening;
  }

  private async open(): Promise<McpSession> {
    this.cancelRetry?.();
    const { terms, clock } = this;
    let session: McpSession | undefined;
    let ended: McpError | undefined;
    try {
      if (terms.broken !== undefined) throw new McpError('unreachable', terms.broken);
      const opened = await openTransport(terms, this.options, this.options.authorization);
      const hooks = {
        onChanged: () => this.relistSoon(),
        onEnded: (why: McpError) => {
          ended = why;
          if (session && session === this.current) this.lose(why);
        },
      };
      session = await McpSession.open(terms, opened, { hooks, clock, stop: this.closing.signal });
      this.remember(await listServer(session));
      if (ended) throw ended;
      if (this.isRetired) throw this.retired();
    } catch (error) {
      await session?.close();
      const why = (session && ended) ?? toMcpError(error, terms.name, 'connecting', CONNECT_TIMEOUT_MS);
      if (!this.isRetired) this.fail(why);
      throw why;
    }
    this.current = session;
    if (this.lastError && this.options.isShared)
      this.logger.log(`The MCP server ${terms.name} is connected.`);
    this.failures = 0;
    this.lastError = undefined;
    this.pingLater(session);
    return session;
  }

  private async mayRepeat(error: unknown, session: McpSession): Promise<boolean> {
    if (!(error instanceof McpError)) return false;
    const { reason } = error;
    if (reason === 'unauthorized') return (await this.options.renew?.()) ?? false;
    if (reason === 'session-lost' || reason === 'not-sent' || reason === 'unreachable' || reason === 'lost')
      await this.drop(session, error);
    return reason === 'session-lost' || reason === 'not-sent';
  }

  private async drop(session: McpSession, why: McpError): Promise<void> {
    if (session !== this.current) return;
    this.lose(why);
    // The next attempt is the call's own.
    if (why.reason === 'session-lost' || why.reason === 'not-sent') this.reset();
    await session.close();
  }

  private lose(why: McpError): void {
    this.leave();
    if (!this.isRetired) this.fail(why);
  }

  private leave(): void {
    this.current = undefined;
    this.cancelPing?.();
    this.cancelRelist?.();
    this.cancelRelist = undefined;
  }

  private fail(why: McpError): void {
    if (this.options.isShared && why.message !== this.lastError?.message)
      this.logger.warn({ msg: why.message, ...why.details });
    this.lastError = why;
    this.failures += 1;
    const delay = Math.min(RECONNECT_BASE_MS * 2 ** (this.failures - 1), RECONNECT_MAX_MS);
    this.retryAt = this.clock.monotonic() + delay;
    if (!this.options.isShared || this.failures > RECONNECT_ATTEMPTS_MAX) return;
    if (why.reason === 'unauthorized' || why.reason === 'forbidden') return;
    this.cancelRetry?.();
    this.cancelRetry = this.clock.after(delay, () => void this.session().catch(() => undefined));
  }

  private pingLater(session: McpSession): void {
    this.cancelPing?.();
    this.cancelPing = this.clock.after(PING_INTERVAL_MS, () => void this.pingNow(session));
  }

  private async pingNow(session: McpSession): Promise<void> {
    try {
      await session.ping();
      if (session === this.current) this.pingLater(session);
    } catch (error) {
      await this.drop(session, toMcpError(error, this.terms.name, 'answering a ping', PING_INTERVAL_MS));
    }
  }

  private relistSoon(): void {
    const session = this.current;
    if (!session || this.cancelRelist) return;
    this.cancelRelist = this.clock.after(RELIST_PAUSE_MS, () => {
      this.cancelRelist = undefined;
      void this.relist(session);
    });
  }

  private async relist(session: McpSession): Promise<void> {
    try {
      const listing = await listServer(session);
      if (session === this.current) this.remember(listing);
    } catch {
      // What was read before stays, until the server lists what it has.
    }
  }

  /** The same object for the same tools: what is made of it is kept by it. */
  private remember(listing: ServerListing): void {
    const text = JSON.stringify({ ...listing, tools: [...listing.tools] });
    if (this.listing && text === this.listingText) return;
    this.listing = listing;
    this.listingText = text;
  }

  /** With what was wrong before: it may be wrong again. */
  private stillConnecting(): McpError {
    const before = this.lastError ? ` Before that: ${this.lastError.message}` : '';
    return new McpError(
      'unreachable',
      `The MCP server ${this.terms.name} is still being connected; its tools come with a later message.${before}`,
    );
  }

  private notYet(error: McpError, waitMs: number): McpError {
    // Only a change of its terms helps, and that makes another link.
    if (this.terms.broken !== undefined) return error;
    const seconds = Math.ceil(waitMs / 1_000);
    const { cause, details } = error;
    return new McpError(error.reason, `${error.message} It is tried again in ${seconds} s.`, {
      cause,
      ...(details && { details }),
    });
  }

  private retired(): McpError {
    return new McpError('not-sent', `The MCP server ${this.terms.name} was changed or removed; call again.`);
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
