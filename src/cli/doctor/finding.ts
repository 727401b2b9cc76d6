export type FindingLevel = 'ok' | 'warning' | 'problem';

/** What one check says. Never holds a secret. */
export interface Finding {
  /** What was looked at, e.g. `database`. */
  readonly check: string;
  readonly level: FindingLevel;
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}
