import type { RunEvent } from '#contracts';
import type { LogPosition, RunEventPayloads, RunEventType } from '#protocol';
import type { RunEventRow } from '#store';
import { rowsOf } from './log-rows.js';
import { comparePositions } from './positions.js';

/** Events and characters of one run that are kept in memory; older ones are in the table. */
const RING_MAX_EVENTS = 10_000;
const RING_MAX_CHARS = 1024 * 1024;
const EVENT_OVERHEAD_CHARS = 100;

/** Whose log it is, and who may see it. */
export interface LoggedRun {
  readonly runId: string;
  readonly userId: string;
  readonly agentKey: string;
  readonly sessionKey: string;
}

/** The newest events of one run, in memory, and those of them that are not in the table yet. */
export class LogBuffer {
  private events: RunEvent[] = [];
  private unsaved: RunEvent[] = [];
  private chars = 0;
  private last: LogPosition;
  private taken: LogPosition;

  constructor(
    readonly run: LoggedRun,
    attempt: number,
  ) {
    this.last = { attempt, seq: 0 };
    this.taken = this.last;
  }

  get position(): LogPosition {
    return this.last;
  }

  /** Up to there the events were taken for the table. */
  get savedTo(): LogPosition {
    return this.taken;
  }

  /** What it takes in memory. */
  get size(): number {
    return this.chars;
  }

  push<T extends RunEventType>(type: T, payload: RunEventPayloads[T]): RunEvent {
    this.last = { attempt: this.last.attempt, seq: this.last.seq + 1 };
    const event = { ...this.last, runId: this.run.runId, type, payload } as RunEvent;
    this.events.push(event);
    this.unsaved.push(event);
    this.chars += charsOf(event);
    return event;
  }

  /** The events behind `after`; `undefined` when the oldest of them are no longer in memory. */
  since(after: LogPosition): readonly RunEvent[] | undefined {
    const [first] = this.events;
    if (comparePositions(after, this.last) >= 0) return [];
    if (!first) return undefined;
    const { attempt, seq } = first;
    const isWhole = attempt <= 1 && seq === 1;
    return isWhole || comparePositions(after, { attempt, seq: seq - 1 }) >= 0
      ? this.newest(after)
      : undefined;
  }

  /** Those of the events behind `after` that are in memory. */
  newest(after: LogPosition): readonly RunEvent[] {
    return this.events.filter((event) => comparePositions(event, after) > 0);
  }

  /** Takes what is to be written. */
  takeRows(): RunEventRow[] {
    const rows = rowsOf(this.unsaved);
    this.unsaved = [];
    this.taken = this.last;
    this.trim();
    return rows;
  }

  /** Only what was taken for the table may leave the memory. */
  private trim(): void {
    let drop = 0;
    while (this.events.length - drop > RING_MAX_EVENTS || this.chars > RING_MAX_CHARS) {
      const event = this.events[drop];
      if (!event) break;
      this.chars -= charsOf(event);
      drop += 1;
    }
    if (drop > 0) this.events.splice(0, drop);
  }
}

function charsOf(event: RunEvent): number {
  const content = event.payload && 'content' in event.payload ? event.payload.content.length : 0;
  return content + EVENT_OVERHEAD_CHARS;
}
