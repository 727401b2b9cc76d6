/** Version of the WebSocket protocol that this gateway speaks; sent in `connect` and `/health`. */
export const PROTOCOL_VERSION = 3;

/** Name under which the server introduces itself in the `connect` payload. */
export const SERVER_NAME = 'goclaw';
