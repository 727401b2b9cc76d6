import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RunEvent } from '#contracts';
import { Clock } from '#kernel';
import type { LogPosition } from '#protocol';
import { isUnavailable, type RunEventRow, RunEventStore } from '#store';
import { RunBeacon, type SavedPart } from '../replicas/run-beacon.js';
import type { LogBuffer } from './log-buffer.js';
import { eventsOfRow } from './log-rows.js';
import { comparePositions } from './positions.js';
import { LOG_START, reaches, standing } from './standing-events.js';

const SAVE_INTERVAL_MS = 250;
/** When clients of another replica wait for the events. */
const SAVE_WANTED_INTERVAL_MS = 50;
/** While the database is away it is tried at this interval. */
const RETRY_INTERVAL_MS = 1_000;
/** Rows of one insert. */
const INSERT_MAX_ROWS = 1_000;
/** While the database is away, this many rows are kept; beyond that the oldest are lost, with a warning. */
const UNSAVED_MAX_ROWS = 50_000;
/** While it is away, so many saved parts are kept to be told of; who is not told of one finds it by looking. */
const PARTS_MAX = 10_000;

/** The part of the run logs that is on its way to the table, or in it. */
@Injectable()
export class LogTable implements OnApplicationShutdown {
  private readonly logger = new Logger('RunLog');
  private readonly dirty = new Set<LogBuffer>();
  /** Taken from their buffers, and not known to be in the table. */
  private unsaved: RunEventRow[] = [];
  /** Saved soon, and to be told to other replicas then. */
  private parts: SavedPart[] = [];
  private timer: { readonly at: number; readonly cancel: () => void } | undefined;
  private saving: Promise<void> = Promise.resolve();
  /** A write that has not begun: whoever comes before it does shares it. */
  private next: Promise<void> | undefined;
  private isFailing = false;
  private stopped = false;

  constructor(
    private readonly store: RunEventStore,
    private readonly clock: Clock,
    private readonly beacon: RunBeacon,
  ) {}

  /** The buffer has events to be written soon. */
  add(buffer: LogBuffer): void {
    this.dirty.add(buffer);
    this.schedule(this.beacon.isWanted(buffer.run) ? SAVE_WANTED_INTERVAL_MS : SAVE_INTERVAL_MS);
  }

  /** The run's events behind `after`, in order, without those that have become void. */
  async read(runId: string, after: LogPosition): Promise<RunEvent[]> {
    await this.save();
    // Looked at before the table: a row that is written meanwhile is in both, and is taken once.
    const waiting = this.unsaved.filter((row) => row.runId === runId && comparePositions(row, after) > 0);
    const stored = await this.store.read(runId, after);
    const rows = new Map([...stored, ...waiting].map((row) => [`${row.attempt}/${row.seq}`, row]));
    return standing([...rows.values()].flatMap((row) => eventsOfRow(row, after)).toSorted(comparePositions));
  }

  /** The same of a log that another replica writes. */
  async readElsewhere(runId: string, after: LogPosition): Promise<RunEvent[]> {
    const rows = await this.store.read(runId, after);
    return standing(rows.flatMap((row) => eventsOfRow(row, after)));
  }

  /** Position of the last event in the table. */
  end(runId: string): Promise<LogPosition> {
    return this.store.end(runId);
  }

  /** Whether the table has the run's log from its beginning up to `position`. */
  async holds(runId: string, position: LogPosition): Promise<boolean> {
    return reaches(await this.read(runId, LOG_START), position);
  }

  /** Resolves when everything added so far was written, or could not be. */
  save(): Promise<void> {
    this.next ??= this.saving.then(() => {
      this.next = undefined;
      return (this.saving = this.write());
    });
    return this.next;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.save();
  }

  private schedule(ms: number): void {
    const at = this.clock.monotonic() + ms;
    if (this.stopped || (this.timer && this.timer.at <= at)) return;
    this.timer?.cancel();
    const cancel = this.clock.after(ms, () => {
      this.timer = undefined;
      void this.save();
    });
    this.timer = { at, cancel };
  }

  private async write(): Promise<void> {
    this.takeRows();
    try {
      while (this.unsaved.length > 0) {
        const rows = this.unsaved.slice(0, INSERT_MAX_ROWS);
        await this.insert(rows);
        this.unsaved.splice(0, rows.length);
      }
      this.isFailing = false;
      for (const part of this.parts.splice(0)) this.beacon.saved(part);
    } catch (error) {
      this.keep(error);
    }
  }

  private takeRows(): void {
    for (const buffer of this.dirty) {
      const { savedTo: from, position: to, run } = buffer;
      this.unsaved.push(...buffer.takeRows());
      if (this.beacon.isWanted(run)) this.parts.push({ run, from, to });
    }
    this.dirty.clear();
  }

  /** @throws StoreError when the database is away; what it refuses would be refused for ever, and is given up. */
  private async insert(rows: readonly RunEventRow[]): Promise<void> {
    try {
      await this.store.insert(rows);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.logger.error(`${rows.length} rows of run logs were refused by the database and are lost`, error);
    }
  }

  private keep(error: unknown): void {
    if (!this.isFailing) this.logger.warn(`rows of run logs wait for the database: ${String(error)}`);
    this.isFailing = true;
    this.parts = this.parts.slice(-PARTS_MAX);
    const excess = this.unsaved.length - UNSAVED_MAX_ROWS;
    if (excess > 0) {
      this.unsaved.splice(0, excess);
      this.logger.error(`${excess} rows of run logs were lost: the database was away for too long.`);
    }
    this.schedule(RETRY_INTERVAL_MS);
  }
}
