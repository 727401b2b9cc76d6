/** Exit codes of every command. */
export const ExitCode = {
  OK: 0,
  /** The command ran and what it was to do or to check failed. */
  FAILED: 1,
  /** The command line itself is wrong. */
  USAGE: 2,
} as const;
