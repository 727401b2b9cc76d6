import { Injectable } from '@nestjs/common';
import { CacheInvalidated, type DomainEvent, DomainEvents, SessionChanged } from '#bus';
import type { Caller } from '#contracts';
import { AuditStore, Database, isOutcomeUnknown, type Queryable } from '#store';

/** What a change did. */
export interface Change<T> {
  /** `<noun>.<verb>`, e.g. `agent.update`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id?: string };
  /** Without secrets: pass what a reader of the object would see. */
  readonly before?: object;
  readonly after?: object;
  readonly details?: object;
  /** Told to the other replicas with the commit, and published here after it. */
  readonly events?: readonly DomainEvent[];
  readonly result: T;
}

/**
 * The one way to change what people administer: the change and its entry in the audit log are committed together,
 * then everybody hears of it.
 */
@Injectable()
export class Changes {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditStore,
    private readonly events: DomainEvents,
  ) {}

  /** `work` may run more than once: everything it does, it does through `tx`. */
  async commit<T>(caller: Caller, work: (tx: Queryable) => Promise<Change<T>>): Promise<T> {
    let events: readonly DomainEvent[] = [];
    try {
      const { result } = await this.database.transaction(async (tx) => {
        const done = await work(tx);
        const { action, target, before, after, details } = done;
        events = done.events ?? [];
        await this.events.announce(tx, events);
        await this.audit.append(tx, caller, [{ action, target, before, after, details, outcome: 'ok' }]);
        return done;
      });
      for (const event of events) this.events.publishHere(event);
      return result;
    } catch (error) {
      // It may have been committed: what is remembered is read again, which is right either way.
      if (isOutcomeUnknown(error)) this.forget(events);
      throw error;
    }
  }

  private forget(events: readonly DomainEvent[]): void {
    for (const event of events) {
      if (event instanceof CacheInvalidated || event instanceof SessionChanged)
        this.events.publishHere(event);
    }
  }
}
