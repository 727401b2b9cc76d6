import { CONNECT_DEADLINE_MS } from '#protocol';
import { socketUrl, type WebSocketClass } from './web-socket.js';

export interface ClientOptions {
  /** `http(s)://host:port` or `ws(s)://host:port/ws`. */
  readonly url: string;
  readonly token?: string;
  /** Required by a managed gateway. */
  readonly userId?: string;
  /** Of a paired browser, instead of a token. */
  readonly senderId?: string;
  /** A JWT of the company's auth service, for a gateway where user ids must be signed. */
  readonly identity?: string;
  /** Default: the global `WebSocket` (browsers, Node 22 and later). */
  readonly WebSocket?: WebSocketClass;
  /** `false`: a lost connection stays lost. */
  readonly reconnect?: boolean;
  /** Bounds of the delay between two tries to connect. */
  readonly reconnectMinMs?: number;
  readonly reconnectMaxMs?: number;
  /** How long a call may take unless it says otherwise. 0: any time. */
  readonly timeoutMs?: number;
  /** A connection that was silent for this long is asked whether it lives. 0: never. */
  readonly heartbeatMs?: number;
}

type Credential = 'token' | 'userId' | 'senderId' | 'identity';

export type ResolvedOptions = Required<Omit<ClientOptions, Credential>> &
  Pick<ClientOptions, Credential> & { readonly connectTimeoutMs: number };

const RECONNECT_MIN_MS = 250;
const RECONNECT_MAX_MS = 15_000;
const CALL_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 30_000;

/** @throws TypeError when the URL is none, or there is no WebSocket. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  return {
    reconnect: true,
    reconnectMinMs: RECONNECT_MIN_MS,
    reconnectMaxMs: RECONNECT_MAX_MS,
    timeoutMs: CALL_TIMEOUT_MS,
    heartbeatMs: HEARTBEAT_MS,
    connectTimeoutMs: CONNECT_DEADLINE_MS,
    ...options,
    url: socketUrl(options.url),
    WebSocket: options.WebSocket ?? globalWebSocket(),
  };
}

function globalWebSocket(): WebSocketClass {
  const found: unknown = Reflect.get(globalThis, 'WebSocket');
  if (typeof found === 'function') return found as WebSocketClass;
  throw new TypeError(
    'This runtime has no WebSocket. Pass one in the option WebSocket, e.g. of the package ws.',
  );
}
