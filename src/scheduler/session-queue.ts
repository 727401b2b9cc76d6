import type { NewRun } from '#store';

/** Something that waits for a session's turn: a run, or a task that must not fall between a run's messages. */
export interface QueueEntry {
  readonly id: string;
  readonly run?: NewRun;
  /** Runs with the same key may become one in `followup` mode. */
  readonly mergeKey?: string;
  /** Not before this time (monotonic ms). */
  readonly notBefore: number;
  /** Its row is written: it may get the turn. */
  ready: boolean;
  /** Takes the turn; resolves when it is given back. */
  begin(): Promise<void>;
}

/** An entry that is an accepted run. */
export type RunEntry = QueueEntry & { readonly run: NewRun };

/** Turns of one session: one entry has it, the others wait in order. */
export class SessionQueue {
  /** The entry that has the turn. */
  current: QueueEntry | undefined;
  /** Cancels the look at the queue that is planned for the end of a debounce. */
  cancelWake: (() => void) | undefined;
  private entries: QueueEntry[] = [];

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

  push(entry: QueueEntry): void {
    this.entries.push(entry);
  }

  remove(id: string): QueueEntry | undefined {
    const found = this.entries.find((entry) => entry.id === id);
    this.entries = this.entries.filter((entry) => entry !== found);
    return found;
  }

  /** Gives the turn to the first entry, when it can take it now. */
  takeNext(now: number): QueueEntry | undefined {
    const [head] = this.entries;
    if (this.current || !head?.ready || head.notBefore > now) return undefined;
    this.entries = this.entries.slice(1);
    this.current = head;
    return head;
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

  /** Puts back what {@link takeMergeable} removed. */
  putBack(entries: readonly QueueEntry[]): void {
    this.entries = [...entries, ...this.entries];
  }
}

function isReadyRun(entry: QueueEntry): entry is RunEntry {
  return entry.ready && entry.run !== undefined;
}
