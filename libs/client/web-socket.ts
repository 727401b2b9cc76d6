/** What the client needs of a WebSocket: the browser's, Node's own, and the `ws` package's have it. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

/** A WebSocket with its events as plain values. */
export interface OpenSocket {
  send(text: string): void;
  close(code: number): void;
}

export interface SocketHandlers {
  onOpen(): void;
  onText(text: string): void;
  /** Once; also when the socket never opened. */
  onClose(code: number, reason: string): void;
}

const ABNORMAL_CLOSURE = 1006;

/** The gateway's address as a WebSocket URL: `http://host:port` stands for `ws://host:port/ws`. */
export function socketUrl(url: string): string {
  const parsed = new URL(url);
  parsed.protocol = parsed.protocol.replace(/^http/, 'ws');
  if (parsed.pathname === '/') parsed.pathname = '/ws';
  return parsed.href;
}

/** Opens a socket. What goes wrong is told by `onClose`. */
export function openSocket(type: WebSocketClass, url: string, handlers: SocketHandlers): OpenSocket {
  const socket = new type(url);
  let closed = false;
  const closeOnce = (code: number, reason: string): void => {
    if (closed) return;
    closed = true;
    handlers.onClose(code, reason);
  };
  socket.addEventListener('open', () => handlers.onOpen());
  socket.addEventListener('message', (event) => {
    const data = 'data' in event ? event.data : undefined;
    if (!closed && typeof data === 'string') handlers.onText(data);
  });
  socket.addEventListener('close', (event) => {
    const code = 'code' in event && typeof event.code === 'number' ? event.code : ABNORMAL_CLOSURE;
    closeOnce(code, 'reason' in event && typeof event.reason === 'string' ? event.reason : '');
  });
  // `close` follows and says what there is to say; without a listener some implementations throw.
  socket.addEventListener('error', () => undefined);
  return {
    send: (text) => {
      if (!closed) socket.send(text);
    },
    // A dead network answers no closing handshake: for the client the socket is gone at once.
    close: (code) => {
      socket.close(code);
      closeOnce(code, 'closed by the client');
    },
  };
}
