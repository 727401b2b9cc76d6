/** One promise: what it says, and the tests that would fail if it broke. */
export interface Requirement {
  readonly text: string;
  readonly state: 'planned' | 'landed';
  readonly tests: readonly string[];
}

export type Requirements = Readonly<Record<string, Requirement>>;

export const planned = (text: string): Requirement => ({ text, state: 'planned', tests: [] });

/** For entries whose tests exist; each test as `path/of.spec.ts › title`. */
export const landed = (text: string, ...tests: string[]): Requirement => ({ text, state: 'landed', tests });
