import type { ServerResponse } from 'node:http';
import type { ReceivedRequest } from './received-request.js';
import type { Failure } from './reply.js';
import type { WireFormat } from './wire-format.js';

/** The way back to the client: knows when the client has gone, and what the server broke on purpose. */
export class Answer {
  /** The connection is gone, whoever closed it. */
  closed = false;
  private brokenByUs = false;
  private wake: (() => void) | undefined;
  readonly request: ReceivedRequest;
  readonly format: WireFormat;
  private readonly response: ServerResponse;

  constructor(request: ReceivedRequest, format: WireFormat, response: ServerResponse, onAbort: () => void) {
    this.request = request;
    this.format = format;
    this.response = response;
    response.on('close', () => {
      this.closed = true;
      this.wake?.();
      if (response.writableFinished || this.brokenByUs) return;
      request.aborted = true;
      onAbort();
    });
  }

  json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): void {
    this.raw(status, JSON.stringify(body), headers);
  }

  fail(failure: Failure): void {
    const headers = { ...failure.headers };
    if (failure.retryAfter !== undefined) headers['retry-after'] = String(failure.retryAfter);
    if (failure.rawBody === undefined) this.json(failure.status, this.format.failure(failure), headers);
    else this.raw(failure.status, failure.rawBody, headers);
  }

  /** The headers of a stream, once. */
  head(): void {
    if (this.response.headersSent) return;
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...this.format.headers(),
    });
  }

  get headSent(): boolean {
    return this.response.headersSent;
  }

  /** Writes a part of the stream; waits while the client does not read. */
  async write(part: string): Promise<void> {
    if (this.closed || part === '') return;
    this.head();
    if (this.response.write(part)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      this.response.on('drain', done).on('close', done);
    });
  }

  /** Writes the rest of the stream and ends it. */
  end(part = ''): void {
    if (this.closed) return;
    this.head();
    this.response.end(part);
  }

  /** Breaks the connection. */
  destroy(): void {
    this.brokenByUs = true;
    this.response.destroy();
  }

  /** Waits, or until the client has gone. */
  pause(ms: number): Promise<void> {
    if (ms <= 0 || this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private raw(status: number, body: string, headers: Readonly<Record<string, string>>): void {
    if (this.closed) return;
    const own = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    this.response.writeHead(status, { ...own, ...this.format.headers(), ...headers });
    this.response.end(body);
  }
}
