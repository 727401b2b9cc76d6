import type { Readable, Writable } from 'node:stream';
import type { ConnectOverCDPTransport } from 'playwright-core';
import { type CdpFrame, CdpFrames, MESSAGE_MAX_BYTES } from './cdp-frames.js';
import { EventBudget } from './event-budget.js';

const HEAD_CHARS = 64;
const TAIL_BYTES = 64;
const ID = /^\{"id":(-?\d+)/;
const SESSION = /"sessionId":"([0-9A-F]{32})"\}$/;
/** What a page says on its console, in any of the ways. */
const CONSOLE = /^\{"method":"(Runtime\.consoleAPICalled|Runtime\.exceptionThrown|Log\.entryAdded)"/;
/** Ids of the requests made here: the library counts up from 1. */
const FIRST_OWN_ID = 1_000_000_000;
const INTERNAL_ERROR = -32_000;

/**
 * The pipe to a browser whose pages are not trusted: messages are bounded in size, and what one page tells in number.
 * A page that floods is ended; a too large answer becomes an error.
 */
export class CdpPipe implements ConnectOverCDPTransport {
  onmessage?: (message: object) => void;
  onclose?: (reason?: string) => void;
  private readonly frames = new CdpFrames();
  private readonly budget: EventBudget;
  private nextOwnId = FIRST_OWN_ID;
  private closed = false;

  constructor(
    private readonly toBrowser: Writable,
    fromBrowser: Readable,
    private readonly end: () => void,
    now: () => number,
  ) {
    this.budget = new EventBudget(now);
    fromBrowser.on('data', (chunk: Buffer) => {
      for (const frame of this.frames.take(chunk)) this.receive(frame);
    });
    fromBrowser.once('close', () => this.closeOnce());
    // The end of the process is what counts; writing to one that ended is no error of ours.
    fromBrowser.on('error', () => this.closeOnce());
    toBrowser.on('error', () => this.closeOnce());
  }

  send(message: object): void {
    if (!this.closed) this.toBrowser.write(`${JSON.stringify(message)}\0`);
  }

  close(): void {
    this.end();
  }

  private receive(frame: CdpFrame): void {
    if (this.closed) return;
    const head = frame.kind === 'message' ? frame.bytes.toString('latin1', 0, HEAD_CHARS) : frame.head;
    const id = ID.exec(head)?.[1];
    if (id !== undefined) return this.receiveAnswer(frame, Number(id));
    const source = sourceOf(frame);
    if (source !== undefined) {
      const size = frame.kind === 'message' ? frame.bytes.length : MESSAGE_MAX_BYTES;
      const verdict = this.budget.judge(source, CONSOLE.test(head), size);
      if (verdict === 'flood') this.send({ id: this.nextOwnId++, method: 'Page.crash', sessionId: source });
      if (verdict !== 'pass') return;
    }
    if (frame.kind === 'message') this.deliver(frame.bytes);
  }

  private receiveAnswer(frame: CdpFrame, id: number): void {
    if (id >= FIRST_OWN_ID) return;
    if (frame.kind === 'message') return this.deliver(frame.bytes);
    const sessionId = sourceOf(frame);
    const error = { code: INTERNAL_ERROR, message: TOO_LARGE };
    this.hand({ id, error, ...(sessionId !== undefined && { sessionId }) });
  }

  private deliver(bytes: Buffer): void {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof message === 'object' && message !== null) this.hand(message);
  }

  /**
   * Each in a turn of its own: of a page that has just come, the library begins to listen after the message that says so,
   * and what came in the same chunk would be lost to it.
   */
  private hand(message: object): void {
    setImmediate(() => {
      if (!this.closed) this.onmessage?.(message);
    });
  }

  private closeOnce(): void {
    if (this.closed) return;
    this.closed = true;
    this.onclose?.('the browser ended');
  }
}

/** Why an answer of the browser is missing. */
export const TOO_LARGE = `the answer is larger than ${MESSAGE_MAX_BYTES / 1024 / 1024} MiB`;

/** The page, frame or worker that a message comes from; `undefined`: the browser itself. */
function sourceOf(frame: CdpFrame): string | undefined {
  const tail =
    frame.kind === 'message'
      ? frame.bytes.toString('latin1', Math.max(0, frame.bytes.length - TAIL_BYTES))
      : frame.tail;
  return SESSION.exec(tail)?.[1];
}
