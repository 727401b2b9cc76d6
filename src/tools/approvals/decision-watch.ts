import { Injectable, Logger } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ApprovalChanged, CachesStale, DomainEvents } from '#bus';
import { Clock } from '#kernel';
import { type ApprovalRow, ApprovalStore, isUnavailable } from '#store';

/** News can be lost: whoever waits looks again at this interval. */
export const LOOK_INTERVAL_MS = 5_000;

/** How a wait ended: with what became of the row, its removal, or the end of the call. */
export type Waited = ApprovalRow | 'gone' | 'aborted';

/** Waits until approvals are decided, on whichever replica. */
@Injectable()
@EventsHandler(ApprovalChanged, CachesStale)
export class DecisionWatch implements IEventHandler<ApprovalChanged | CachesStale> {
  private readonly logger = new Logger('Approvals');
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly store: ApprovalStore,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  handle(event: ApprovalChanged | CachesStale): void {
    const ids = event instanceof ApprovalChanged ? [event.id] : [...this.waiting.keys()];
    for (const id of ids) for (const wake of this.waiting.get(id) ?? []) wake();
  }

  /** Also while the database is away: only a decision, the time of the row, or `signal` ends it. */
  async decided(id: string, signal: AbortSignal): Promise<Waited> {
    for (;;) {
      // Before the look: what is decided right after it must wake.
      const news = this.listen(id);
      try {
        const row = await this.look(id);
        if (row === 'gone') return row;
        if (row && row.state !== 'pending') return row;
        if (signal.aborted) return 'aborted';
        const leftMs = row ? Math.ceil(row.remaining_ms) : LOOK_INTERVAL_MS;
        await this.pause(Math.min(Math.max(leftMs, 1), LOOK_INTERVAL_MS), news.come, signal);
      } finally {
        news.end();
      }
    }
  }

  /** `undefined`: the database cannot be asked right now. */
  private async look(id: string): Promise<ApprovalRow | 'gone' | undefined> {
    try {
      const row = await this.store.read(id);
      if (row?.state !== 'pending' || row.remaining_ms > 0) return row ?? 'gone';
      const expired = await this.store.expire(id);
      for (const one of expired) this.events.publish(new ApprovalChanged('resolved', one.id));
      return (await this.store.read(id)) ?? 'gone';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.logger.warn(`an approval could not be looked at: ${String(error)}`);
      return undefined;
    }
  }

  private listen(id: string): { come: Promise<void>; end: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiting.add(resolve));
    const end = (): void => {
      waiting.delete(resolve);
      if (waiting.size === 0 && this.waiting.get(id) === waiting) this.waiting.delete(id);
    };
    return { come: promise, end };
  }

  /** Ends with the time, with news, or with the signal. */
  private async pause(ms: number, news: Promise<void>, signal: AbortSignal): Promise<void> {
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const stop = (): void => resolve();
    const cancel = this.clock.after(ms, stop);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([news, stopped]);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }
}
