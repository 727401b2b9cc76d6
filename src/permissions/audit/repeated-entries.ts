import type { Caller } from '#contracts';
import type { AuditEntry } from '#store';
import { addressKey } from '../limits/address-key.js';

/** Repeats of an entry are written together, this long after its first occurrence. */
const WINDOW_MS = 60_000;
/** Different entries that are counted at the same time; an attacker with more faces than that is told as a number. */
const DISTINCT_MAX = 2_000;
/** Of them, from one credential (or address, where there is none): nobody takes the place of everybody else's. */
const DISTINCT_OF_ONE_MAX = 100;

interface Counted {
  readonly caller: Caller;
  readonly entry: AuditEntry;
  readonly until: number;
  repeats: number;
}

/** Counts entries that say the same, so that nobody can flood the log by being refused. */
export class RepeatedEntries {
  private readonly counted = new Map<string, Counted>();
  private readonly bySource = new Map<string, number>();

  get size(): number {
    return this.counted.size;
  }

  /** `new`: write it. `counted`: it will be told with the others. `full`: there are too many different ones. */
  add(caller: Caller, entry: AuditEntry, now: number): 'new' | 'counted' | 'full' {
    const key = keyOf(caller, entry);
    const known = this.counted.get(key);
    if (known) {
      known.repeats += 1;
      return 'counted';
    }
    const source = sourceOf(caller);
    const ofSource = this.bySource.get(source) ?? 0;
    if (this.counted.size >= DISTINCT_MAX || ofSource >= DISTINCT_OF_ONE_MAX) return 'full';
    this.counted.set(key, { caller, entry, until: now + WINDOW_MS, repeats: 0 });
    this.bySource.set(source, ofSource + 1);
    return 'new';
  }

  /** The repeats whose time is up. */
  takeDue(now: number): { caller: Caller; entry: AuditEntry }[] {
    const due = [...this.counted].filter(([, { until }]) => until <= now);
    for (const [key, { caller }] of due) {
      this.counted.delete(key);
      this.release(sourceOf(caller));
    }
    return due.flatMap(([, counted]) => told(counted));
  }

  takeAll(): { caller: Caller; entry: AuditEntry }[] {
    return this.takeDue(Infinity);
  }

  private release(source: string): void {
    const left = (this.bySource.get(source) ?? 0) - 1;
    if (left > 0) this.bySource.set(source, left);
    else this.bySource.delete(source);
  }
}

/** Not the user id: who holds the key of a tenant has as many of them as he likes. */
function sourceOf({ credential: { kind, id }, address }: Caller): string {
  return `${kind} ${id ?? addressKey(address ?? '')}`;
}

function told({ caller, entry, repeats }: Counted): { caller: Caller; entry: AuditEntry }[] {
  return repeats === 0 ? [] : [{ caller, entry: { ...entry, details: { ...entry.details, repeats } } }];
}

function keyOf(
  { userId, credential, address }: Caller,
  { action, outcome, target, details }: AuditEntry,
): string {
  return JSON.stringify([userId, credential.kind, credential.id, address, action, outcome, target, details]);
}
