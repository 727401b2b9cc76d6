import { ErrorCode, CloseCode, type ErrorShape, type RequestFrame } from '#protocol';
import type { ClientSocket } from './client-socket.js';
import { encodeError, encodeResult } from './encode-frame.js';
import type { MethodRouter } from './method-router.js';
import { PendingAnswer } from './pending-answer.js';
import { toErrorShape } from './rpc-errors.js';

/** Requests of one socket that may be unanswered at the same time. */
export const REQUESTS_IN_FLIGHT_MAX = 1_024;
/** Frames that may wait for their turn, and characters of them, before the socket is no longer read. */
const WAITING_FRAMES_MAX = 64;
const WAITING_MAX_CHARS = 1024 * 1024;

const RETRY_AFTER_MS = 1_000;

interface WaitingRequest {
  readonly request: RequestFrame;
  readonly chars: number;
}

/**
 * The requests of one socket. They begin in the order in which they came, each when the one before it was
 * answered or has gone on in the background; each gets exactly one response.
 */
export class RequestQueue {
  private readonly waiting: WaitingRequest[] = [];
  private waitingChars = 0;
  private inFlight = 0;
  private draining = false;

  constructor(
    private readonly socket: ClientSocket,
    private readonly router: Pick<MethodRouter, 'call'>,
  ) {}

  /** `chars`: length of the frame. */
  receive(request: RequestFrame, chars: number): void {
    if (this.inFlight >= REQUESTS_IN_FLIGHT_MAX) {
      this.socket.respond(encodeError(request.id, TOO_MANY));
      return;
    }
    this.inFlight++;
    this.waiting.push({ request, chars });
    this.waitingChars += chars;
    if (this.waiting.length >= WAITING_FRAMES_MAX || this.waitingChars >= WAITING_MAX_CHARS)
      this.socket.pause();
    if (!this.draining) void this.drain();
  }

  private async drain(): Promise<void> {
    this.draining = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      this.waitingChars -= next.chars;
      if (this.socket.isOpen) await this.start(next.request);
      if (this.waiting.length < WAITING_FRAMES_MAX / 2 && this.waitingChars < WAITING_MAX_CHARS / 2)
        this.socket.resume();
    }
    this.draining = false;
  }

  private async start(request: RequestFrame): Promise<void> {
    const { socket } = this;
    try {
      const result = await this.router.call(request, {
        caller: socket.caller,
        socket,
        requestId: request.id,
      });
      if (result instanceof PendingAnswer) void this.answerLater(request, result);
      else this.answer(encodeResult(request.id, result));
    } catch (error) {
      this.refuse(request, error);
    }
  }

  private async answerLater(request: RequestFrame, pending: PendingAnswer<unknown>): Promise<void> {
    try {
      this.answer(encodeResult(request.id, await pending.outcome));
    } catch (error) {
      this.refuse(request, error);
    }
  }

  private refuse(request: RequestFrame, error: unknown): void {
    const shape = toErrorShape(error, request.method);
    this.answer(encodeError(request.id, shape));
    if (request.method === 'connect' && shape.code === ErrorCode.UNAUTHORIZED) {
      this.socket.close(CloseCode.POLICY_VIOLATION, 'unauthorized');
    }
  }

  private answer(frame: string): void {
    this.inFlight--;
    this.socket.respond(frame);
  }
}

const TOO_MANY: ErrorShape = {
  code: ErrorCode.RESOURCE_EXHAUSTED,
  message: `More than ${REQUESTS_IN_FLIGHT_MAX} requests of this connection are unanswered. Wait for some of them.`,
  retryable: true,
  retryAfterMs: RETRY_AFTER_MS,
};
