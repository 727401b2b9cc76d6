import type { Chaos } from './chaos.js';
import type { Wrongs } from './ledger.js';

/** What a scenario found. */
export interface Findings extends Wrongs {
  /** What was done to the gateway, and how often. */
  readonly faults: Readonly<Record<string, number>>;
  /** Messages that the gateway took. */
  readonly accepted: number;
  readonly answered: number;
  /** How often a message was not taken at first, with the word to try again. */
  readonly refused: number;
  /** Messages that were answered by an error, where that is right. */
  readonly failed: number;
  /** Runs that brought forth a final answer. */
  readonly executed: number;
  /** Everything else that is not as it should be. */
  readonly problems: readonly string[];
  readonly recoveryMs: readonly number[];
  /** What else is worth knowing. */
  readonly notes: readonly string[];
  /** What could not be done here, and why. */
  readonly skipped: readonly string[];
  /** What the gateways have logged. */
  readonly logs: string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is done, for the report. */
  readonly method: string;
  run(chaos: Chaos): Promise<Findings>;
}

export function isRight({ lost, duplicated, disordered, problems }: Findings): boolean {
  return [lost, duplicated, disordered, problems].every((list) => list.length === 0);
}
