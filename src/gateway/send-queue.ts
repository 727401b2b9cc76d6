import { WebSocket } from 'ws';
import { SEND_QUEUE_MAX_BYTES, SEND_QUEUE_MAX_FRAMES } from '#protocol';

/** {@link SendQueue.drained} resolves when no more than this waits. */
const DRAINED_FRAMES = 32;
const DRAINED_BYTES = 1024 * 1024;

/**
 * Counts what waits for the reader of one socket. A frame waits from its sending until the operating system took
 * it. The stream tells that by a callback, but only after the current turn of the event loop; so what
 * `bufferedAmount` says to be taken already is not counted, and a burst to a fast reader is no overflow.
 */
export class SendQueue {
  private sent = 0;
  private written = 0;
  private taken = 0;
  private waiters: (() => void)[] | undefined;

  constructor(private readonly ws: WebSocket) {}

  /** Frames that wait for the reader. */
  get waiting(): number {
    return this.sent - Math.max(this.written, this.taken);
  }

  /**
   * Sends a frame; `false` when more waited already than a socket may hold. What is counted waited before, so that
   * one large answer is no overflow by itself.
   */
  send(text: string): boolean {
    const isFull = this.ws.bufferedAmount > SEND_QUEUE_MAX_BYTES || this.waiting > SEND_QUEUE_MAX_FRAMES;
    this.sent++;
    this.ws.send(text, this.onWritten);
    if (this.ws.bufferedAmount === 0) this.taken = this.sent;
    return !isFull;
  }

  /** Resolves when the reader has caught up, or the socket is gone. */
  async drained(): Promise<void> {
    while (!this.isDrained && this.ws.readyState === WebSocket.OPEN) {
      await new Promise<void>((resolve) => (this.waiters ??= []).push(resolve));
    }
  }

  /** The socket is gone: nobody waits for it any more. */
  release(): void {
    const { waiters } = this;
    this.waiters = undefined;
    waiters?.forEach((resolve) => resolve());
  }

  private readonly onWritten = (): void => {
    this.written++;
    if (this.waiters && this.isDrained) this.release();
  };

  private get isDrained(): boolean {
    return this.waiting <= DRAINED_FRAMES && this.ws.bufferedAmount <= DRAINED_BYTES;
  }
}
