import { type EventFrame, type FrameId, READ_LIMIT_BYTES, type ResponseFrame } from '#protocol';
import { connectionLost, RpcError } from './rpc-error.js';
import { type OpenSocket, openSocket, type WebSocketClass } from './web-socket.js';

const NORMAL_CLOSURE = 1000;
/** Of the range that applications may use. */
const PROTOCOL_ERROR = 4002;

interface PendingCall {
  resolve(payload: unknown): void;
  reject(error: Error): void;
}

export interface ConnectionHandlers {
  onEvent(frame: EventFrame): void;
  /** Once, after every open call was rejected. */
  onClose(code: number, reason: string): void;
}

export interface RequestOptions {
  /** The answer is no longer wanted. */
  readonly signal?: AbortSignal;
  /** Called with the frame's id before it is sent. */
  readonly onSend?: (id: FrameId) => void;
}

/** One socket: requests with their answers, and events. */
export class Connection {
  /** Resolves when the socket is open. Rejects with an RpcError `connectionLost`. */
  readonly opened: Promise<void>;
  /** Whether anything came since this was last set to `false`. */
  heard = true;
  private readonly socket: OpenSocket;
  private readonly calls = new Map<FrameId, PendingCall>();
  private lastId = 0;
  private closedBy: RpcError | undefined;

  constructor(
    type: WebSocketClass,
    url: string,
    private readonly handlers: ConnectionHandlers,
  ) {
    const opened = Promise.withResolvers<void>();
    opened.promise.catch(() => undefined);
    this.opened = opened.promise;
    this.socket = openSocket(type, url, {
      onOpen: opened.resolve,
      onText: (text) => this.receive(text),
      onClose: (code, reason) => {
        opened.reject(connectionLost(describe(code, reason)));
        this.closed(code, reason);
      },
    });
  }

  /** @throws RpcError as the gateway answers; INVALID_REQUEST for what it would not read; `connectionLost`. */
  request(method: string, params: unknown, { signal, onSend }: RequestOptions = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.closedBy) throw this.closedBy;
      signal?.throwIfAborted();
      const id = `${++this.lastId}`;
      const text = JSON.stringify({ type: 'req', id, method, ...(params === undefined ? {} : { params }) });
      if (new TextEncoder().encode(text).length > READ_LIMIT_BYTES) throw tooBig(method);
      const forget = (): void => {
        this.calls.delete(id);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', forget, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', forget);
      this.calls.set(id, {
        resolve: (payload) => (settled(), resolve(payload)),
        reject: (error) => (settled(), reject(error)),
      });
      onSend?.(id);
      this.socket.send(text);
    });
  }

  close(code = NORMAL_CLOSURE): void {
    this.socket.close(code);
  }

  private receive(text: string): void {
    this.heard = true;
    const frame = parse(text);
    if (!frame) return this.close(PROTOCOL_ERROR);
    if (frame.type === 'event') return this.handlers.onEvent(frame);
    const call = this.calls.get(frame.id);
    this.calls.delete(frame.id);
    if (frame.ok) call?.resolve(frame.payload);
    else call?.reject(new RpcError(frame.error));
  }

  private closed(code: number, reason: string): void {
    const error = connectionLost(describe(code, reason));
    this.closedBy = error;
    const open = [...this.calls.values()];
    this.calls.clear();
    for (const call of open) call.reject(error);
    this.handlers.onClose(code, reason);
  }
}

/** `undefined`: something else than this gateway is at the other end. */
function parse(text: string): ResponseFrame | EventFrame | undefined {
  try {
    const frame = JSON.parse(text) as ResponseFrame | EventFrame | null;
    return frame?.type === 'res' || frame?.type === 'event' ? frame : undefined;
  } catch {
    return undefined;
  }
}

function describe(code: number, reason: string): string {
  return reason === '' ? `code ${code}` : `code ${code}: ${reason}`;
}

function tooBig(method: string): RpcError {
  return new RpcError({
    code: 'INVALID_REQUEST',
    message: `The ${method} request is larger than ${READ_LIMIT_BYTES / 1_024} KiB. Send less, e.g. smaller images.`,
  });
}
