import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RunEvent } from '#contracts';
import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';
import { LogBuffer, type LoggedRun } from './log-buffer.js';
import { LogTable } from './log-table.js';
import { comparePositions } from './positions.js';
import { RunFeed } from './run-feed.js';
import { LOG_START } from './standing-events.js';

/** Logs of ended runs that stay in memory for whoever comes late, and what they may take together. */
const ENDED_MAX = 2_000;
const ENDED_MAX_CHARS = 32 * 1024 * 1024;
const ENDED_TTL_MS = 60_000;

/** The one who writes a run's log. */
export interface LogWriter {
  append<T extends RunEventType>(type: T, payload: RunEventPayloads[T]): void;
  /** Of the last event. */
  readonly position: LogPosition;
  /** Resolves when everything so far is in the table, or could not be written. */
  saved(): Promise<void>;
  /** The log has ended. */
  close(): void;
  /** The log goes on in another attempt, here or elsewhere. */
  leave(): void;
}

type Listener = (event: RunEvent) => void;

/**
 * The ordered log of each run: published at once to whoever watches, kept in memory while the run goes, and
 * written to the table in batches.
 */
@Injectable()
export class RunLog {
  private readonly logger = new Logger('RunLog');
  private readonly live = new Map<string, LogBuffer>();
  private readonly ended = new LRUCache<string, LogBuffer>({
    max: ENDED_MAX,
    maxSize: ENDED_MAX_CHARS,
    sizeCalculation: (buffer) => Math.max(1, buffer.size),
    ttl: ENDED_TTL_MS,
  });
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(
    private readonly table: LogTable,
    private readonly feed: RunFeed,
  ) {}

  /** Begins the log of one attempt at a run. */
  open(run: LoggedRun, attempt: number): LogWriter {
    const buffer = new LogBuffer(run, attempt);
    const { runId } = run;
    this.live.set(runId, buffer);
    // A later attempt has its own buffer: whatever an older one still says belongs to no log any more.
    const isCurrent = (): boolean => this.live.get(runId) === buffer;
    const leave = (): boolean => isCurrent() && this.live.delete(runId);
    return {
      append: (type, payload) => {
        if (isCurrent()) this.publish(buffer, buffer.push(type, payload));
      },
      get position() {
        return buffer.position;
      },
      saved: () => this.table.save(),
      close: () => {
        if (leave()) this.ended.set(runId, buffer);
      },
      leave: () => void leave(),
    };
  }

  /** Whether whoever comes late can read the run's log up to `position`. @throws StoreError */
  holds(runId: string, position: LogPosition): Promise<boolean> {
    return this.table.holds(runId, position);
  }

  /** What of the run's log stands, as far as it is in the table or on its way there from here. @throws StoreError */
  read(runId: string): Promise<readonly RunEvent[]> {
    return this.table.read(runId, LOG_START);
  }

  /**
   * Gives `listener` the events behind `after`, then every further one, in order, without gap or repeat. What has
   * become void meanwhile is left out; a `run.resumed` says so to a listener that has seen some of it. Returns what
   * ends that.
   */
  async follow(runId: string, after: LogPosition, listener: Listener): Promise<() => void> {
    let seen = after;
    const deliver: Listener = (event) => {
      if (comparePositions(event, seen) <= 0) return;
      seen = { attempt: event.attempt, seq: event.seq };
      listener(event);
    };
    // What comes while the past is read waits until that is delivered.
    let early: RunEvent[] | undefined = [];
    const unlisten = this.listen(runId, (event) => void (early ? early.push(event) : deliver(event)));
    try {
      let missed = this.bufferOf(runId)?.since(seen);
      while (!missed) {
        const stored = await this.table.read(runId, seen);
        stored.forEach(deliver);
        const buffer = this.bufferOf(runId);
        missed = buffer?.since(seen);
        if (!missed && stored.length === 0) missed = buffer?.newest(seen) ?? [];
      }
      missed.forEach(deliver);
      early.forEach(deliver);
      early = undefined;
      return unlisten;
    } catch (error) {
      unlisten();
      throw error;
    }
  }

  /** Whether the run's log is written here. */
  isLive(runId: string): boolean {
    return this.live.has(runId);
  }

  /** Whether the event is of a log that ended here a short while ago, or is older than that. */
  wrote({ runId, attempt }: Pick<RunEvent, 'runId' | 'attempt'>): boolean {
    return attempt <= (this.ended.peek(runId)?.position.attempt ?? -1);
  }

  /** Publishes an event that another replica wrote. */
  relay(event: RunEvent, run: LoggedRun): void {
    this.feed.publish(event, run);
    this.tell(event);
  }

  private publish(buffer: LogBuffer, event: RunEvent): void {
    this.table.add(buffer);
    this.feed.publish(event, buffer.run);
    this.tell(event);
  }

  private tell(event: RunEvent): void {
    for (const listener of this.listeners.get(event.runId) ?? []) {
      try {
        listener(event);
      } catch (error) {
        this.logger.error(`a follower of run ${event.runId} failed`, error);
      }
    }
  }

  private bufferOf(runId: string): LogBuffer | undefined {
    return this.live.get(runId) ?? this.ended.get(runId);
  }

  private listen(runId: string, listener: Listener): () => void {
    const followers = this.listeners.get(runId) ?? new Set();
    this.listeners.set(runId, followers.add(listener));
    return () => {
      followers.delete(listener);
      if (followers.size === 0) this.listeners.delete(runId);
    };
  }
}
