/** Largest request body. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** Largest body of a request to an agent: images travel inside it as data URLs. */
export const AGENT_BODY_LIMIT_BYTES = 20 * 1024 * 1024;

/** Requests that may be open at the same time, streams among them, but for health checks. */
export const REQUESTS_OPEN_MAX = 10_000;

/** What their bodies may have together: each is in memory until its answer has ended. */
export const BODIES_OPEN_MAX_BYTES = 512 * 1024 * 1024;

/** Longest time in which a request comes in whole; longer than that only somebody who means harm. */
export const REQUEST_ARRIVAL_MAX_MS = 300_000;

/** Between two comments that keep a quiet stream open through proxies. */
export const KEEP_ALIVE_INTERVAL_MS = 15_000;

/** Bytes of a stream that may wait for a slow reader before it is disconnected. */
export const STREAM_BACKLOG_MAX_BYTES = 4 * 1024 * 1024;

/** How long the readiness probe waits for the database. */
export const READINESS_TIMEOUT_MS = 2_000;

/** As wide as the column that keeps it. */
export const IDEMPOTENCY_KEY_MAX_CHARS = 255;

/** A longer request id of a client is replaced by one of ours. */
export const REQUEST_ID_MAX_CHARS = 128;

/** Longest name of a model or an agent. */
export const MODEL_MAX_CHARS = 300;

/** OpenAI's own limit. */
export const STOP_SEQUENCES_MAX = 4;

export const TRACES_PAGE_MAX = 200;
export const TRACES_PAGE_DEFAULT = 50;

/** How long a browser may remember the answer to a preflight. */
export const PREFLIGHT_MAX_AGE_S = 600;
