/** How often processes are looked at while somebody counts them. */
export const WATCH_INTERVAL_MS = 500;
/** The same while nobody does: to know those that will hide later. */
export const QUIET_WATCH_INTERVAL_MS = 5_000;
/** Entries of the process table that are read without a pause for other work. */
export const TABLE_CHUNK = 100;
/** Rounds of finding and killing what a program has left; each finds what was started in the one before. */
export const KILL_ROUNDS_MAX = 40;
export const KILL_PAUSE_MS = 10;
