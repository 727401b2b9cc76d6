import {
  CloseCode,
  ErrorCode,
  type EventFrame,
  type Methods,
  type PendingPairing,
  type Welcome,
} from '#protocol';
import type { ClientEvents } from './client-events.js';
import type { ResolvedOptions } from './client-options.js';
import { Connection } from './connection.js';
import type { Listeners } from './listeners.js';
import { ReconnectDelay } from './reconnect-delay.js';
import { clientClosed, connectionLost, RpcError } from './rpc-error.js';
import { wait } from './wait.js';

/** A silent connection has this long to answer. */
const HEARTBEAT_TIMEOUT_MS = 10_000;

/** Keeps one authenticated connection, as long as the gateway does not refuse it. */
export class Link {
  private current: Connection | undefined;
  private opening: Promise<Welcome> | undefined;
  private ending: RpcError | undefined;
  private readonly stop = new AbortController();
  private readonly delay: ReconnectDelay;
  private heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly listeners: Listeners<ClientEvents>,
    private readonly onEvent: (frame: EventFrame) => void,
  ) {
    this.delay = new ReconnectDelay(options.reconnectMinMs, options.reconnectMaxMs);
  }

  /** The first connection. @throws RpcError when it cannot be made; UNAUTHORIZED when the gateway refuses. */
  connect(): Promise<Welcome> {
    if (this.ending) return Promise.reject(this.ending);
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error instanceof RpcError && error.connectionLost ? unreachable(this.options.url, error) : error;
    });
    return this.opening;
  }

  /** The connection, as soon as there is one. @throws RpcError as `connect`, or when the client has ended. */
  async ready(): Promise<Connection> {
    while (!this.current) {
      if (this.ending) throw this.ending;
      await this.connect();
    }
    return this.current;
  }

  /** Waits as long as before a reconnect. `false`: the client has ended. */
  async pause(): Promise<boolean> {
    await wait(this.delay.next(), this.stop.signal);
    return !this.ending;
  }

  end(error: RpcError = clientClosed()): void {
    if (this.ending) return;
    this.ending = error;
    this.stop.abort();
    this.current?.close();
    this.listeners.emit('closed', error);
  }

  private async open(): Promise<Welcome> {
    const { options } = this;
    let isLost = false;
    const connection = new Connection(options.WebSocket, options.url, {
      onEvent: this.onEvent,
      onClose: (code, reason) => {
        isLost = true;
        if (this.current === connection) this.lost(code, reason);
      },
    });
    try {
      await connection.opened;
      const welcome = await this.introduce(connection);
      if (this.ending) throw this.ending;
      if (isLost) throw connectionLost('at once');
      this.current = connection;
      this.delay.reset();
      this.listen(connection);
      this.listeners.emit('connected', welcome);
      return welcome;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private async introduce(connection: Connection): Promise<Welcome> {
    const { token, userId, senderId, identity, connectTimeoutMs } = this.options;
    const params: Methods['connect']['params'] = {
      protocolVersion: 3,
      ...(token !== undefined && { token }),
      ...(userId !== undefined && { user_id: userId }),
      ...(senderId !== undefined && { sender_id: senderId }),
      ...(identity !== undefined && { identity }),
    };
    const signal = AbortSignal.timeout(connectTimeoutMs);
    try {
      const answer = (await connection.request('connect', params, { signal })) as Welcome | PendingPairing;
      if ('status' in answer) throw notPaired(answer);
      return answer;
    } catch (error) {
      throw signal.aborted ? connectionLost('no answer to connect') : error;
    }
  }

  private lost(code: number, reason: string): void {
    clearInterval(this.heartbeat);
    this.current = undefined;
    this.opening = undefined;
    const isRefused = code === CloseCode.POLICY_VIOLATION;
    const willReconnect = !this.ending && this.options.reconnect && !isRefused;
    this.listeners.emit('disconnected', { code, reason, willReconnect });
    if (this.ending) return;
    if (willReconnect) this.opening = this.reconnect();
    else if (isRefused)
      this.end(new RpcError({ code: ErrorCode.UNAUTHORIZED, message: `The gateway closed: ${reason}` }));
    else this.end(lostForGood(code));
    // Whoever waits for the connection hears of it; nobody has to.
    this.opening?.catch(() => undefined);
  }

  private async reconnect(): Promise<Welcome> {
    for (;;) {
      await wait(this.delay.next(), this.stop.signal);
      if (this.ending) throw this.ending;
      try {
        return await this.open();
      } catch (error) {
        if (!(error instanceof RpcError) || isFinal(error)) {
          this.end(error instanceof RpcError ? error : unreachable(this.options.url, error));
          throw error;
        }
      }
    }
  }

  /** Networks can die without a word: silence is questioned. */
  private listen(connection: Connection): void {
    const { heartbeatMs } = this.options;
    if (heartbeatMs <= 0) return;
    this.heartbeat = setInterval(() => {
      if (!connection.heard) {
        connection
          .request('health', undefined, { signal: AbortSignal.timeout(HEARTBEAT_TIMEOUT_MS) })
          .catch(() => connection.close());
      }
      connection.heard = false;
    }, heartbeatMs);
  }
}

/** The details hold the code to be approved, and the `sender_id` to connect with once it is. */
function notPaired({ pairing_code: pairingCode, sender_id: senderId }: PendingPairing): RpcError {
  const message = `This device is not paired yet. Have the code ${pairingCode} approved, or connect with a token.`;
  return new RpcError({ code: ErrorCode.NOT_PAIRED, message, details: { pairingCode, senderId } });
}

function unreachable(url: string, cause: unknown): RpcError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `The gateway at ${url} cannot be reached: ${why}`;
  return new RpcError({ code: ErrorCode.UNAVAILABLE, message, retryable: true });
}

function lostForGood(code: number): RpcError {
  const message = `The connection was lost (code ${code}) and is not to be made again.`;
  return new RpcError({ code: ErrorCode.UNAVAILABLE, message, retryable: true });
}

/** Asking again with the same credentials will not help. */
function isFinal(error: RpcError): boolean {
  return (
    error.code === ErrorCode.UNAUTHORIZED ||
    error.code === ErrorCode.NOT_PAIRED ||
    (error.code === ErrorCode.INVALID_REQUEST && !error.retryable)
  );
}
