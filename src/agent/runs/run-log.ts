import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RunEvent } from '#contracts';
import { Clock } from '#kernel';
import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';
import { RunEventStore, type RunEventRow } from '#store';
import { comparePositions, eventsOfRow, LogBuffer, type LoggedRun } from './log-buffer.js';
import { RunFeed } from './run-feed.js';

const SAVE_INTERVAL_MS = 250;
/** Logs of ended runs that stay in memory for whoever comes late. */
const ENDED_MAX = 2_000;
const ENDED_TTL_MS = 60_000;
/** While the database is away, this many rows are kept; beyond that the oldest are lost, with a warning. */
const UNSAVED_MAX_ROWS = 50_000;

/** The one who writes a run's log. */
export interface LogWriter {
  append<T extends RunEventType>(type: T, payload: RunEventPayloads[T]): void;
  /** No more events will come. */
  close(): void;
}

type Listener = (event: RunEvent) => void;

/**
 * The ordered log of each run: published at once to whoever watches, kept in memory while the run goes, and
 * written to the table in batches.
 */
@Injectable()
export class RunLog implements OnApplicationShutdown {
  private readonly logger = new Logger('RunLog');
  private readonly live = new Map<string, LogBuffer>();
  private readonly ended = new LRUCache<string, LogBuffer>({ max: ENDED_MAX, ttl: ENDED_TTL_MS });
  private readonly dirty = new Set<LogBuffer>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private backlog: RunEventRow[] = [];
  private cancelTimer: (() => void) | undefined;
  private saving: Promise<void> | undefined;

  constructor(
    private readonly store: RunEventStore,
    private readonly feed: RunFeed,
    private readonly clock: Clock,
  ) {}

  /** Begins the log of one attempt at a run. */
  open(run: LoggedRun, attempt: number): LogWriter {
    const buffer = new LogBuffer(run, attempt);
    this.live.set(run.runId, buffer);
    return {
      append: (type, payload) => this.publish(buffer, buffer.push(type, payload)),
      close: () => {
        this.live.delete(run.runId);
        this.ended.set(run.runId, buffer);
      },
    };
  }

  /**
   * Gives `listener` the events behind `after`, then every further one, in order, without gap or repeat.
   * Returns what ends that.
   */
  async follow(runId: string, after: LogPosition, listener: Listener): Promise<() => void> {
    let seen = after;
    const deliver: Listener = (event) => {
      seen = { attempt: event.attempt, seq: event.seq };
      listener(event);
    };
    for (let reading = true; reading;) {
      const missed = this.bufferOf(runId)?.since(seen);
      if (missed) {
        missed.forEach(deliver);
        break;
      }
      const before = seen;
      for (const event of await this.stored(runId, seen)) deliver(event);
      // Nothing is awaited between the last look at the memory and the subscription: no event slips through.
      reading = this.bufferOf(runId) !== undefined && comparePositions(before, seen) < 0;
      if (!reading) this.bufferOf(runId)?.newest(seen).forEach(deliver);
    }
    return this.listen(runId, deliver);
  }

  /** Resolves when everything published so far was written, or could not be. */
  async save(): Promise<void> {
    await this.saving;
    this.saving = this.write().finally(() => (this.saving = undefined));
    await this.saving;
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelTimer?.();
    await this.save();
  }

  private publish(buffer: LogBuffer, event: RunEvent): void {
    this.dirty.add(buffer);
    this.schedule();
    this.feed.publish(event, buffer.run);
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

  private schedule(): void {
    this.cancelTimer ??= this.clock.after(SAVE_INTERVAL_MS, () => {
      this.cancelTimer = undefined;
      void this.save();
    });
  }

  private listen(runId: string, listener: Listener): () => void {
    const followers = this.listeners.get(runId) ?? new Set();
    this.listeners.set(runId, followers.add(listener));
    return () => {
      followers.delete(listener);
      if (followers.size === 0) this.listeners.delete(runId);
    };
  }

  private async stored(runId: string, after: LogPosition): Promise<RunEvent[]> {
    await this.save();
    const rows = await this.store.read(runId, after);
    return rows.flatMap((row) => eventsOfRow(row, after)).toSorted(comparePositions);
  }

  private async write(): Promise<void> {
    for (const buffer of this.dirty) this.backlog.push(...buffer.takeRows());
    this.dirty.clear();
    if (this.backlog.length === 0) return;
    const rows = this.backlog;
    this.backlog = [];
    try {
      await this.store.insert(rows);
    } catch (error) {
      this.logger.warn(`${rows.length} rows of run logs wait for the database: ${String(error)}`);
      this.backlog = [...rows, ...this.backlog];
      const excess = this.backlog.length - UNSAVED_MAX_ROWS;
      if (excess > 0) {
        this.backlog.splice(0, excess);
        this.logger.error(`${excess} rows of run logs were lost: the database was away for too long.`);
      }
      this.schedule();
    }
  }
}
