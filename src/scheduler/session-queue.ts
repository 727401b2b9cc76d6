import type { NewRun } from '#store';

/** How long a queue waits before it looks again whether another replica still has the turn. */
const BLOCKED_MIN_MS = 50;
const BLOCKED_MAX_MS = 1_000;

/** Something that waits for a session's turn: a run, or a task that must not fall between a run's messages. */
export interface QueueEntry {
  readonly id: string;
  readonly run?: NewRun;
  /** Runs with the same key may become one in `followup` mode. */
  readonly mergeKey?: string;
  /** Not before this time (monotonic ms). */
  readonly notBefore: number;
  /** Place in the order of acceptance, over all replicas, once its row is written: it may get the turn. */
  position: number | undefined;
  /** Takes the turn; resolves when it is given back. */
  begin(): Promise<void>;
}

/** An entry that is an accepted run. */
export type RunEntry = QueueEntry & { readonly run: NewRun };

/** Turns of one session in this process: one entry has it, the others wait in order. */
export class SessionQueue {
  /** The entry that has the turn. */
  current: QueueEntry | undefined;
  /** Until then (monotonic ms) runs of another replica have the session's turn; looked at again after that. */
  blockedUntil = 0;
  /** Cancels the look at the queue that is planned for later. */
  cancelWake: (() => void) | undefined;
  private entries: QueueEntry[] = [];
  /** How often in a row the turn was elsewhere. */
  private blocks = 0;
  /** The last write that accepts a run. */
  private accepting: Promise<unknown> = Promise.resolve();

  constructor(readonly key: string) {}

  get waiting(): readonly QueueEntry[] {
    return this.entries;
  }

  /** Waiting runs whose rows are written, in order. */
  get waitingRuns(): readonly RunEntry[] {
    return this.entries.filter(isReadyRun);
  }

  /** Nobody has the turn, nobody waits. */
  get isIdle(): boolean {
    return this.current === undefined && this.entries.length === 0;
  }

  /** One acceptance after the other, so that the order of the rows is the order in which the messages came. */
  accept<T>(write: () => Promise<T>): Promise<T> {
    const written = this.accepting.then(write);
    this.accepting = written.catch(() => undefined);
    return written;
  }

  push(entry: QueueEntry): void {
    this.entries.push(entry);
  }

  /** Puts an entry in its place: before those that were accepted after it. */
  insert(entry: QueueEntry): void {
    const place = entry.position ?? Number.POSITIVE_INFINITY;
    const index = this.entries.findIndex(({ position = Number.POSITIVE_INFINITY }) => position > place);
    this.entries.splice(index === -1 ? this.entries.length : index, 0, entry);
  }

  has(id: string): boolean {
    return this.current?.id === id || this.entries.some((entry) => entry.id === id);
  }

  remove(id: string): QueueEntry | undefined {
    const found = this.entries.find((entry) => entry.id === id);
    this.entries = this.entries.filter((entry) => entry !== found);
    return found;
  }

  /** The turn is elsewhere: waits a while, longer with every time in a row. Returns whether it is the first. */
  block(now: number): boolean {
    this.blockedUntil = now + Math.min(BLOCKED_MAX_MS, BLOCKED_MIN_MS * 2 ** this.blocks);
    this.blocks += 1;
    return this.blocks === 1;
  }

  /** The turn may be free. */
  unblock(): void {
    this.blockedUntil = 0;
    this.blocks = 0;
  }

  /** When the first entry can take the turn (monotonic ms); `undefined`: not before something happens. */
  get nextAt(): number | undefined {
    const [head] = this.entries;
    if (this.current || head?.position === undefined) return undefined;
    return Math.max(head.notBefore, this.blockedUntil);
  }

  /** Gives the turn to the first entry, when it can take it now. */
  takeNext(now: number): QueueEntry | undefined {
    if (this.nextAt === undefined || this.nextAt > now) return undefined;
    this.current = this.entries.shift();
    return this.current;
  }

  /** Removes the waiting runs right behind the current one that may become part of it. */
  takeMergeable(): readonly RunEntry[] {
    const key = this.current?.mergeKey;
    if (key === undefined) return [];
    const end = this.entries.findIndex((entry) => !isReadyRun(entry) || entry.mergeKey !== key);
    const merged = (end === -1 ? this.entries : this.entries.slice(0, end)).filter(isReadyRun);
    this.entries = this.entries.slice(merged.length);
    return merged;
  }

  /** Puts back, each in its place, what did not get the turn: older ones may have been taken in meanwhile. */
  putBack(entries: readonly RunEntry[]): void {
    for (const entry of entries) this.insert(entry);
  }
}

function isReadyRun(entry: QueueEntry): entry is RunEntry {
  return entry.position !== undefined && entry.run !== undefined;
}
