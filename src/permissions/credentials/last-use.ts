import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { ApiKeyStore } from '#store';
import { AuditLog } from '../audit/audit-log.js';
import { addressKey } from '../limits/address-key.js';

/** How exactly the last use of a key is known. */
const PRECISION_MS = 60_000;
const FLUSH_INTERVAL_MS = 5_000;
const USES_MAX = 20_000;

interface Use {
  readonly at: number;
  readonly from: string | undefined;
}

/** Writes down when each key was used last: once a minute, many keys a statement, and nobody waits for it. */
@Injectable()
export class LastUse implements OnApplicationShutdown {
  private readonly logger = new Logger('Credentials');
  /** Monotonic time of the last use that was taken note of, from each network: a stolen key is used from another one. */
  private readonly noted = new LRUCache<string, number>({ max: USES_MAX });
  private waiting = new Map<string, Use>();
  private cancel: (() => void) | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  used(id: string, caller: Caller): void {
    const now = this.clock.monotonic();
    const use = `${id} ${addressKey(caller.address ?? '')}`;
    const last = this.noted.get(use);
    if (last !== undefined && now - last < PRECISION_MS) return;
    this.noted.set(use, now);
    this.waiting.set(id, { at: now, from: caller.address });
    this.audit.record(caller, { action: 'api-key.use', outcome: 'ok', target: { type: 'api-key', id } });
    this.cancel ??= this.clock.after(FLUSH_INTERVAL_MS, () => void this.flush());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** What cannot be written now is not worth waiting for: the next use comes. */
  async flush(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    const now = this.clock.monotonic();
    const uses = [...this.waiting].map(([id, { at, from }]) => ({ id, agoMs: now - at, from }));
    this.waiting = new Map();
    try {
      await this.store.touch(uses);
    } catch (error) {
      this.logger.warn(`the last use of ${uses.length} keys was not written down: ${String(error)}`);
    }
  }
}
