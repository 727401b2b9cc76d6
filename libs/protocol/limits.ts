/** Largest inbound WebSocket message. A larger one closes the socket with 1009. */
export const READ_LIMIT_BYTES = 512 * 1024;

/** Frames that may wait for a slow reader before its socket is closed with {@link CloseCode.TRY_AGAIN_LATER}. */
export const SEND_QUEUE_MAX_FRAMES = 1_024;

/** Bytes that may wait for a slow reader before its socket is closed with {@link CloseCode.TRY_AGAIN_LATER}. */
export const SEND_QUEUE_MAX_BYTES = 8 * 1024 * 1024;

/** Interval of the server's WebSocket pings. */
export const PING_INTERVAL_MS = 30_000;

/** A socket from which nothing (message or pong) came for this long is closed. */
export const READ_DEADLINE_MS = 60_000;

/** An anonymous socket is closed when it has not connected within this time. */
export const CONNECT_DEADLINE_MS = 10_000;

/** Largest user id, in bytes of UTF-8. */
export const USER_ID_MAX_BYTES = 255;
