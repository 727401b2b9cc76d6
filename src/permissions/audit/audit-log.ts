import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { type AuditEntry, AuditStore, Database, isUnavailable } from '#store';
import { PermissionError } from '../permission.errors.js';
import { RepeatedEntries } from './repeated-entries.js';

const FLUSH_INTERVAL_MS = 250;
/** Entries that wait for the database at most; beyond that they are counted, and the count is written. */
const WAITING_MAX = 5_000;
/** Entries of one transaction. */
const WRITE_MAX = 500;

/** What is told of denied access: names what was asked for, `<METHOD> <route>` or an RPC method. */
interface Denial {
  readonly what: string;
  readonly kind: 'route' | 'method';
  readonly error: unknown;
}

interface Recorded {
  readonly caller: Caller;
  readonly entry: AuditEntry;
}

const SYSTEM: Caller = { userId: 'system', role: 'admin', scopes: [], credential: { kind: 'system' } };

/**
 * Entries of the audit log for what happens outside of a change: denied access, use of keys, approvals. They are
 * written in batches off everybody's path; one that is refused over and over is written once a minute, with a count.
 */
@Injectable()
export class AuditLog implements OnApplicationShutdown {
  private readonly logger = new Logger('AuditLog');
  private readonly repeated = new RepeatedEntries();
  private waiting: Recorded[] = [];
  private dropped = 0;
  private cancelTimer: (() => void) | undefined;
  private writing: Promise<void> | undefined;
  private isFailing = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly store: AuditStore,
    private readonly clock: Clock,
  ) {}

  /** Never fails and never waits. Denials and uses that repeat are counted instead of written each. */
  record(caller: Caller, entry: AuditEntry): void {
    const counts = entry.outcome === 'denied' || entry.action.endsWith('.use');
    const seen = counts ? this.repeated.add(caller, entry, this.clock.monotonic()) : 'new';
    if (seen === 'new') this.keep({ caller, entry });
    if (seen === 'full') this.dropped += 1;
    this.schedule();
  }

  /** Records why somebody was turned away; errors of another kind are none of its business. */
  denied(caller: Caller, { what, kind, error }: Denial): void {
    if (!(error instanceof PermissionError)) return;
    this.record(caller, {
      action: 'access.denied',
      outcome: 'denied',
      target: { type: kind, id: what },
      details: { reason: error.reason },
    });
  }

  /** Resolves when everything recorded so far was written, or could not be. */
  async flush(): Promise<void> {
    while (this.writing) await this.writing;
    this.writing = this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.cancelTimer?.();
    this.waiting.push(...this.repeated.takeAll());
    await this.flush();
  }

  private keep(recorded: Recorded): void {
    if (this.waiting.length < WAITING_MAX) this.waiting.push(recorded);
    else this.dropped += 1;
  }

  private schedule(): void {
    if (this.stopped || this.cancelTimer) return;
    if (this.waiting.length === 0 && this.dropped === 0 && this.repeated.size === 0) return;
    this.cancelTimer = this.clock.after(FLUSH_INTERVAL_MS, () => {
      this.cancelTimer = undefined;
      void this.flush().finally(() => this.schedule());
    });
  }

  private async write(): Promise<void> {
    for (const counted of this.repeated.takeDue(this.clock.monotonic())) this.keep(counted);
    try {
      while (this.waiting.length > 0 || this.dropped > 0) await this.writeSome();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing)
        this.logger.warn(`${this.waiting.length} audit entries wait for the database: ${String(error)}`);
      this.isFailing = true;
    }
  }

  /** @throws StoreError when the database is away; the entries stay. What it refuses is given up, loudly. */
  private async writeSome(): Promise<void> {
    const some = this.waiting.slice(0, WRITE_MAX);
    const { dropped } = this;
    const all = dropped > 0 ? [...some, { caller: SYSTEM, entry: droppedEntry(dropped) }] : some;
    try {
      await this.database.transaction((tx) =>
        this.store.appendAll(
          tx,
          all.map(({ caller, entry }) => ({ caller, entries: [entry] })),
        ),
      );
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.logger.error(`${some.length} audit entries were refused by the database and are lost`, error);
    }
    this.waiting.splice(0, some.length);
    this.dropped -= dropped;
  }
}

function droppedEntry(count: number): AuditEntry {
  return { action: 'audit.dropped', outcome: 'failed', target: { type: 'audit' }, details: { count } };
}
