import { Injectable } from '@nestjs/common';
import { type DomainEvent, DomainEvents } from '#bus';
import type { Caller } from '#contracts';
import { AuditStore, Database, type Queryable } from '#store';

/** What a change did. */
export interface Change<T> {
  /** `<noun>.<verb>`, e.g. `agent.update`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id?: string };
  /** Without secrets: pass what a reader of the object would see. */
  readonly before?: object;
  readonly after?: object;
  readonly details?: object;
  /** Published once it is committed. */
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
    const change = await this.database.transaction(async (tx) => {
      const done = await work(tx);
      const { action, target, before, after, details } = done;
      await this.audit.append(tx, caller, [{ action, target, before, after, details, outcome: 'ok' }]);
      return done;
    });
    for (const event of change.events ?? []) this.events.publish(event);
    return change.result;
  }
}
