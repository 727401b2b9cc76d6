/** From the first byte to a list of tools. A program may have to be fetched before it starts. */
export const CONNECT_TIMEOUT_MS = 60_000;
/** How long the start of a run waits for servers that are not connected yet; then it starts without them. */
export const OFFER_WAIT_MS = 5_000;

export const PING_INTERVAL_MS = 30_000;
export const PING_TIMEOUT_MS = 10_000;
/** 2 s × 2ⁿ⁻¹. */
export const RECONNECT_BASE_MS = 2_000;
export const RECONNECT_MAX_MS = 60_000;
/** Without anybody who asks for the server. */
export const RECONNECT_ATTEMPTS_MAX = 10;
/** Failures in a row for which the tools stay on offer: calls of them say what is wrong. */
export const FAILURES_TOLERATED = 3;

/** Lists are read anew after a change, but not more often than this. */
export const RELIST_PAUSE_MS = 2_000;

/** One message, or one event of a stream. */
export const MESSAGE_MAX_BYTES = 8 * 1024 * 1024;
/**
 * What a server sends by itself: notifications, requests, answers that nobody waits for, lines that are no message.
 * Beyond it the connection is closed.
 */
export const UNASKED_MAX = 2_000;
export const UNASKED_WINDOW_MS = 10_000;
/** Requests of one connection whose answers are known when they come. */
export const OPEN_REQUESTS_MAX = 10_000;

export const LIST_PAGES_MAX = 50;
export const TOOLS_READ_MAX = 2_000;
/** Tools of one server that are offered: models take 128 in all. */
export const TOOLS_OFFERED_MAX = 128;
export const DESCRIPTION_MAX_CHARS = 4_000;
export const SCHEMA_MAX_CHARS = 32_768;
export const SCHEMA_MAX_DEPTH = 24;
export const SCHEMA_MAX_NODES = 4_000;

/** What is made of one result before the executor caps it. */
export const RESULT_TEXT_MAX_CHARS = 512 * 1024;
export const RESULT_PARTS_MAX = 100;

/** Connections of single users, at this replica. */
export const USER_LINKS_MAX = 500;
export const USER_LINKS_PER_USER_MAX = 20;
export const LINK_IDLE_MS = 5 * 60_000;
export const SWEEP_INTERVAL_MS = 60_000;
/** A connection that is not to be used any more ends when its calls have, but not later than this. */
export const RETIRE_LIMIT_MS = 60_000;
