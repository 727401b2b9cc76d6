import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Clock } from '#kernel';
import { KEEP_ALIVE_INTERVAL_MS, STREAM_BACKLOG_MAX_BYTES } from '../http.limits.js';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Proxies of nginx's kind collect a response before they pass it on, unless told not to.
  'x-accel-buffering': 'no',
};

const KEEP_ALIVE = ': keep-alive\n\n';

/**
 * A response of server-sent events. It opens with the first event (or the first keep-alive), so that what goes wrong
 * before can still be answered with a status of its own. A reader that falls too far behind is disconnected.
 */
export class SseStream {
  private cancelKeepAlive: (() => void) | undefined;
  private opened = false;

  constructor(
    private readonly reply: FastifyReply,
    private readonly clock: Clock,
  ) {
    this.scheduleKeepAlive();
    reply.raw.once('close', () => this.cancelKeepAlive?.());
  }

  get isOpen(): boolean {
    return this.opened;
  }

  /** Sends complete events, as they stand on the wire. Does nothing without any, and once the client is gone. */
  send(events: string): void {
    const { raw } = this.reply;
    if (events === '' || raw.destroyed || raw.writableEnded) return;
    if (!this.opened) this.open();
    raw.write(events);
    if (raw.writableLength > STREAM_BACKLOG_MAX_BYTES) raw.destroy();
  }

  /** Ends the response, when it was opened. */
  end(): void {
    this.cancelKeepAlive?.();
    if (this.opened) this.reply.raw.end();
  }

  private open(): void {
    this.opened = true;
    this.reply.hijack();
    const headers = this.reply.getHeaders() as OutgoingHttpHeaders;
    this.reply.raw.writeHead(200, { ...headers, ...HEADERS });
  }

  private scheduleKeepAlive(): void {
    this.cancelKeepAlive = this.clock.after(KEEP_ALIVE_INTERVAL_MS, () => {
      this.send(KEEP_ALIVE);
      this.scheduleKeepAlive();
    });
  }
}
