import type { Bench } from './bench.js';
import type { Table } from './table.js';

/** One of the performance measures that `npm run bench` takes. */
export interface Measure {
  /** `P1`, `P2`, … */
  readonly id: string;
  readonly title: string;
  /** How it is measured, in a sentence or two. */
  readonly method: string;
  /** @throws Error when something was wrong, never because something was slow */
  run(bench: Bench): Promise<Findings>;
}

/** What a measure found. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** Sentences for below the tables. */
  readonly notes: readonly string[];
}

/** A goal beside what was measured. */
export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
  /** What the time goes into, where the goal was not reached. */
  readonly because?: string;
}
