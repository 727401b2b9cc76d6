import type { LogPosition } from '#protocol';
import { RunControlStore, type RunEventRow, RunEventStore, type RunRecord, RunStore } from '#store';
import { comparePositions } from '../runs/positions.js';

/** The rows that all replicas share. */
export class SharedRows {
  readonly events: RunEventRow[] = [];
  readonly runs = new Map<string, RunRecord>();
  /** How often events were read. */
  reads = 0;
  /** What the next reads of a run wait for. */
  readonly runReads: Promise<void>[] = [];
  /** What the next looks at the end of a log wait for. */
  readonly endReads: Promise<void>[] = [];
  /** Reads wait while it is set. */
  holdReads = false;

  readonly eventStore = Object.assign(Object.create(RunEventStore.prototype) as RunEventStore, {
    insert: async (rows: readonly RunEventRow[]) => void this.events.push(...rows),
    read: async (runId: string, after: LogPosition) => {
      this.reads += 1;
      while (this.holdReads) await new Promise((resolve) => setImmediate(resolve));
      return this.events.filter((row) => row.runId === runId && comparePositions(row, after) > 0);
    },
    end: async (runId: string) => {
      await this.endReads.shift();
      return this.events.filter((row) => row.runId === runId).at(-1) ?? { attempt: 0, seq: 0 };
    },
  });

  readonly runStore = Object.assign(Object.create(RunStore.prototype) as RunStore, {
    read: async (runId: string) => {
      await this.runReads.shift();
      return this.runs.get(runId);
    },
  });

  readonly controlStore = Object.assign(Object.create(RunControlStore.prototype) as RunControlStore, {
    ended: async (ids: readonly string[]) =>
      ids.filter((id) => !['queued', 'running'].includes(this.runs.get(id)?.state ?? 'withdrawn')),
  });
}
