/**
 * An owner counts as gone when it was absent from two looks at least this far apart: a replica whose link broke, or
 * all of them when PostgreSQL itself was started anew, come back sooner.
 */
export const ABSENT_MS = 1_500;

/** Looks are remembered for so long. */
const REMEMBERED_MS = 10_000;
/** Replicas that are known to have come and gone. */
const KNOWN_MAX = 10_000;

interface Look {
  readonly at: number;
  readonly present: ReadonlySet<number>;
}

/** What was seen of the other replicas, by their presence keys, on a monotonic clock. */
export class PresenceLooks {
  private looks: Look[] = [];
  private wasAlone = false;
  private readonly seen = new Set<number>();
  private readonly departed = new Set<number>();

  /** The first look of this replica's life saw nobody else: then nobody was there who could come back. */
  beginAlone(): void {
    this.wasAlone = true;
  }

  /** This replica itself was blind for a while: what it knew counts no more. */
  forget(): void {
    this.looks = [];
    this.wasAlone = false;
  }

  add(at: number, present: ReadonlySet<number>): void {
    this.looks = [...this.looks.filter((look) => at - look.at < REMEMBERED_MS), { at, present }];
    for (const key of present) {
      remember(this.seen, key);
      this.departed.delete(key);
    }
  }

  /** It said itself that it leaves. */
  depart(key: number): void {
    remember(this.departed, key);
  }

  /** Judged by the newest look and those before it. */
  isGone(key: number): boolean {
    const newest = this.looks.at(-1);
    if (!newest || newest.present.has(key)) return false;
    if (this.departed.has(key) || (this.wasAlone && !this.seen.has(key))) return true;
    const lastSeen = this.looks.findLastIndex(({ present }) => present.has(key));
    const firstAbsent = this.looks[lastSeen + 1];
    return firstAbsent !== undefined && newest.at - firstAbsent.at >= ABSENT_MS;
  }
}

function remember(keys: Set<number>, key: number): void {
  const [oldest] = keys;
  if (keys.size >= KNOWN_MAX && oldest !== undefined) keys.delete(oldest);
  keys.add(key);
}
