/** Of what a command prints, the model reads the beginning and the end: of each stream, in UTF-16 code units. */
export const STDOUT_HEAD_CHARS = 30 * 1024;
export const STDOUT_TAIL_CHARS = 14 * 1024;
export const STDERR_HEAD_CHARS = 8 * 1024;
export const STDERR_TAIL_CHARS = 8 * 1024;
/** What is kept of a background command's output, for `process`. */
export const BACKGROUND_OUTPUT_CHARS = 64 * 1024;

/** A command that prints more is ended: its reader is a model, and the rest would only heat the machine. */
export const OUTPUT_MAX_BYTES = 256 * 1024 * 1024;
/** What is read in one window of time; more waits in the pipe, and with it the command. */
export const PACE_BYTES = 3 * 1024 * 1024;
export const PACE_WINDOW_MS = 100;

/** Data that waits for a command to read it. */
export const INPUT_PENDING_MAX_BYTES = 1024 * 1024;

/** Commands on the host at one time, of one user and of all; the others wait for their turn. */
export const HOST_COMMANDS_MAX_PER_USER = 8;
export const HOST_COMMANDS_MAX = 64;
export const HOST_COMMANDS_WAITING_MAX = 2_000;

/** After a command has ended, what is still in its pipes gets this long to come. */
export const DRAIN_MS = 500;
