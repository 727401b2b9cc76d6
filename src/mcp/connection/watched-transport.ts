import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '#kernel';
import { McpError } from '../mcp.errors.js';
import { OPEN_REQUESTS_MAX } from '../mcp.limits.js';
import { UnaskedLimit } from './unasked-limit.js';

/** Closes a connection over which the server sends without end what nobody asked for. */
export class WatchedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];

  private readonly unasked: UnaskedLimit;
  /** Ids of requests that were not answered yet. */
  private readonly asked = new Set<string | number>();
  private isCut = false;

  constructor(
    private readonly inner: Transport,
    private readonly name: string,
    clock: Clock,
  ) {
    this.unasked = new UnaskedLimit(clock);
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
    if ('method' in message && 'id' in message) this.remember(message.id);
    return this.inner.send(message, options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private admits(message: JSONRPCMessage): boolean {
    if (!('method' in message) && message.id !== undefined && this.asked.delete(message.id)) return true;
    if (this.unasked.admits()) return true;
    if (this.isCut) return false;
    this.isCut = true;
    this.onerror?.(
      new McpError('limit', `The MCP server ${this.name} sends without end; the connection was closed.`),
    );
    void this.inner.close();
    return false;
  }

  private remember(id: string | number): void {
    const [oldest] = this.asked;
    if (this.asked.size >= OPEN_REQUESTS_MAX && oldest !== undefined) this.asked.delete(oldest);
    this.asked.add(id);
  }
}
