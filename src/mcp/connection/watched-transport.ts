import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '#kernel';
import { McpError } from '../mcp.errors.js';
import { UNASKED_MAX, UNASKED_WINDOW_MS } from '../mcp.limits.js';

/** Closes a connection over which the server sends without end what nobody asked for. */
export class WatchedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];

  private windowStart: number;
  private unasked = 0;

  constructor(
    private readonly inner: Transport,
    private readonly name: string,
    private readonly clock: Clock,
  ) {
    this.windowStart = clock.monotonic();
    const handlers: Pick<Transport, 'onclose' | 'onerror' | 'onmessage'> = {
      onclose: () => this.onclose?.(),
      onerror: (error) => this.onerror?.(error),
      onmessage: (message, extra) => {
        if (this.admits(message)) this.onmessage?.(message, extra);
      },
    };
    Object.assign(inner, handlers);
  }

  get sessionId(): string | undefined {
    return this.inner.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  start(): Promise<void> {
    return this.inner.start();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    return this.inner.send(message, options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private admits(message: JSONRPCMessage): boolean {
    if (!('method' in message)) return true;
    const now = this.clock.monotonic();
    if (now - this.windowStart > UNASKED_WINDOW_MS) {
      this.windowStart = now;
      this.unasked = 0;
    }
    this.unasked += 1;
    if (this.unasked <= UNASKED_MAX) return true;
    if (this.unasked === UNASKED_MAX + 1) {
      this.onerror?.(
        new McpError('limit', `The MCP server ${this.name} sends without end; the connection was closed.`),
      );
      void this.inner.close();
    }
    return false;
  }
}
