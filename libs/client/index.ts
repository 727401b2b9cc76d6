export { ChatRun } from './chat-run.js';
export type { ChatUpdate } from './chat-update.js';
export type { ClientEvents } from './client-events.js';
export type { ClientOptions } from './client-options.js';
export { type CallOptions, type ChatOptions, GoClawClient } from './go-claw-client.js';
export { RpcError } from './rpc-error.js';
export type { WebSocketClass, WebSocketLike } from './web-socket.js';
