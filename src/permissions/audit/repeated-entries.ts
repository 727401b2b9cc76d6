import type { Caller } from '#contracts';
import type { AuditEntry } from '#store';

/** Repeats of an entry are written together, this long after its first occurrence. */
const WINDOW_MS = 60_000;
/** Different entries that are counted at the same time; an attacker with more faces than that is told as a number. */
const DISTINCT_MAX = 2_000;

interface Counted {
  readonly caller: Caller;
  readonly entry: AuditEntry;
  readonly until: number;
  repeats: number;
}

/** Counts entries that say the same, so that nobody can flood the log by being refused. */
export class RepeatedEntries {
  private readonly counted = new Map<string, Counted>();

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
    if (this.counted.size >= DISTINCT_MAX) return 'full';
    this.counted.set(key, { caller, entry, until: now + WINDOW_MS, repeats: 0 });
    return 'new';
  }

  /** The repeats whose time is up. */
  takeDue(now: number): { caller: Caller; entry: AuditEntry }[] {
    const due = [...this.counted].filter(([, { until }]) => until <= now);
    for (const [key] of due) this.counted.delete(key);
    return due.flatMap(([, counted]) => told(counted));
  }

  takeAll(): { caller: Caller; entry: AuditEntry }[] {
    return this.takeDue(Infinity);
  }
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
