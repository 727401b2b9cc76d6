/** What is read of an answer, unpacked; the rest is left. */
export const BODY_MAX_BYTES = 5 * 1024 * 1024;
export const REDIRECTS_MAX = 3;
/** From the first connection to the last byte. */
export const FETCH_TIMEOUT_MS = 30_000;

export const MAX_CHARS_DEFAULT = 50_000;
export const MAX_CHARS_MIN = 100;
/** Below the executor's cap, which would cut the middle out, with room for what is said about the page. */
export const MAX_CHARS_MAX = 58_000;

/** Pages that are loaded at the same time: each may take {@link BODY_MAX_BYTES} and what it is turned into. */
export const FETCHES_MAX = 24;
export const FETCHES_PER_USER_MAX = 8;
export const FETCHES_WAITING_MAX = 2_000;

/** Processes that turn pages into text. */
export const READERS_MAX = 2;
export const READERS_PER_USER_MAX = 1;
export const READERS_WAITING_MAX = 200;
export const READER_MEMORY_MB = 512;
/** A page that is not understood by then is read plainly. */
export const READER_TIMEOUT_MS = 10_000;
export const READER_IDLE_MS = 60_000;
/** What is read of a page: an hour of reading, and two seconds of work. */
export const PAGE_HTML_MAX_CHARS = 2 * 1024 * 1024;
/** What is kept of a page's text. */
export const PAGE_TEXT_MAX_CHARS = 1_000_000;
/** What is read of a page that had to be read plainly, on the thread of everybody. */
export const PLAIN_HTML_MAX_CHARS = 1_000_000;

export const CACHE_TTL_MS = 15 * 60_000;
export const CACHE_MAX_ENTRIES = 500;
export const CACHE_MAX_CHARS = 16 * 1024 * 1024;

export const SEARCH_TIMEOUT_MS = 30_000;
export const SEARCH_BODY_MAX_BYTES = 2 * 1024 * 1024;
export const SEARCH_RESULTS_MAX = 10;
export const SEARCH_QUERY_MAX_CHARS = 400;
export const RESULT_TEXT_MAX_CHARS = 1_000;
