/** What one read_file call returns. Bytes, so always less than the executor's cap on characters. */
export const READ_MAX_BYTES = 48 * 1024;
/** How far read_file looks for the first line that was asked for. */
export const SCAN_MAX_BYTES = 256 * 1024 * 1024;
export const READ_CHUNK_BYTES = 64 * 1024;
/** A NUL in this many first bytes marks a file as binary. */
export const BINARY_PROBE_BYTES = 8 * 1024;

export const WRITE_MAX_BYTES = 10 * 1024 * 1024;
export const EDIT_MAX_BYTES = 10 * 1024 * 1024;

export const LIST_MAX_ENTRIES = 1_000;
export const GLOB_MAX_RESULTS = 500;
/** Entries that one walk through directories looks at. */
export const WALK_MAX_ENTRIES = 100_000;
/** Each level holds a directory open. */
export const WALK_MAX_DEPTH = 40;

export const SEARCH_MAX_RESULTS = 200;
export const SEARCH_DEFAULT_RESULTS = 50;
export const SEARCH_MAX_CONTEXT_LINES = 5;
export const SEARCH_MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Of all files of a sandbox that one search looks into: they come out of it as one archive. */
export const SANDBOX_SEARCH_MAX_BYTES = 32 * 1024 * 1024;
export const SEARCH_MAX_LINE_CHARS = 300;
/**
 * Characters times instructions of the pattern that are searched before other work of the process gets its turn:
 * up to 40 ns each, so 100 ms for a hostile pattern.
 */
export const SEARCH_TURN_STEPS = 2_500_000;

export const PATH_MAX_BYTES = 4_096;
export const PATTERN_MAX_CHARS = 1_000;
/** Instructions of a compiled pattern: the time per character grows with them. */
export const PATTERN_MAX_INSTRUCTIONS = 1_000;
/** Stays below the executor's cap, which would cut the middle out. */
export const SEARCH_MAX_OUTPUT_CHARS = 48 * 1024;
