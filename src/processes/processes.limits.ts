/** How often the processes of commands are looked at. */
export const WATCH_INTERVAL_MS = 500;
/** Entries of the process table that are read without a pause for other work. */
export const TABLE_CHUNK = 100;
/** Rounds of finding and killing what a command has left; each finds what was started in the one before. */
export const KILL_ROUNDS_MAX = 40;
export const KILL_PAUSE_MS = 10;
