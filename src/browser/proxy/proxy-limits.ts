export const CONNECT_TIMEOUT_MS = 15_000;
/** A connection on which nothing moves. */
export const IDLE_TIMEOUT_MS = 120_000;
export const HEADERS_TIMEOUT_MS = 30_000;
export const HEADERS_MAX_BYTES = 64 * 1024;
/** Connections of one conversation's pages. */
export const CONNECTIONS_MAX = 256;
/** Requests without encryption that one conversation has open to one site. */
export const SOCKETS_PER_SITE_MAX = 16;
/** What the pages of one conversation may load and send, as long as they are open. */
export const TRAFFIC_MAX_BYTES = 512 * 1024 * 1024;
/** Refusals that are remembered for whoever asks why a page has holes. */
export const REFUSALS_MAX = 20;
