import { WebSocket } from 'ws';
import type { Caller } from '#contracts';
import { ANONYMOUS } from '#permissions';
import { CloseCode } from '#protocol';
import { type EncodedEvent, withSeq } from './encode-frame.js';
import { SendQueue } from './send-queue.js';

/** One connection: who it is, what is sent to it, and when it was last heard of. It holds no timer of its own. */
export class ClientSocket {
  /** Replaced by every `connect`. */
  caller: Caller = ANONYMOUS;
  /** Monotonic times. */
  lastSeenAt: number;
  lastPingAt: number;
  anonymousSince: number;
  private readonly queue: SendQueue;
  private lastSeq = 0;
  /** Runs whose events reach this socket through a replay, with the replay that delivers them. */
  private replayed: Map<string, object> | undefined;

  constructor(
    private readonly ws: WebSocket,
    /** Network address of the client. */
    readonly address: string,
    now: number,
    /** At which it came in. */
    readonly localPort?: number,
  ) {
    this.queue = new SendQueue(ws);
    this.lastSeenAt = this.lastPingAt = this.anonymousSince = now;
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  get isPaused(): boolean {
    return this.ws.isPaused;
  }

  /** Sends a response. To a closed socket nothing is sent: its client asks again. */
  respond(frame: string): void {
    if (this.isOpen && !this.queue.send(frame)) this.closeSlowReader();
  }

  /** Sends an event with the next sequence number. */
  emit(event: EncodedEvent): void {
    if (this.isOpen && !this.queue.send(withSeq(event, ++this.lastSeq))) this.closeSlowReader();
  }

  /** Sends an event of a run, unless a replay delivers that run. */
  emitLive(event: EncodedEvent, runId: string): void {
    if (!this.replayed?.has(runId)) this.emit(event);
  }

  /** From now on `replay` alone delivers the run's events; an earlier one is superseded. */
  beginReplay(runId: string, replay: object): void {
    this.replayed ??= new Map();
    this.replayed.set(runId, replay);
  }

  isReplayedBy(runId: string, replay: object): boolean {
    return this.replayed?.get(runId) === replay;
  }

  endReplay(runId: string, replay: object): void {
    if (this.isReplayedBy(runId, replay)) this.replayed?.delete(runId);
  }

  /** Resolves when the reader has caught up, or the socket is gone. */
  drained(): Promise<void> {
    return this.queue.drained();
  }

  /** Stops reading until {@link resume}. */
  pause(): void {
    if (this.isOpen) this.ws.pause();
  }

  resume(): void {
    if (this.ws.isPaused) this.ws.resume();
  }

  ping(now: number): void {
    this.lastPingAt = now;
    if (this.isOpen) this.ws.ping();
  }

  close(code: number, reason: string): void {
    if (this.isOpen) this.ws.close(code, reason);
  }

  /** Drops the connection without a word. */
  terminate(): void {
    this.ws.terminate();
  }

  /** The connection is gone. */
  released(): void {
    this.queue.release();
    this.replayed = undefined;
  }

  closeSlowReader(): void {
    this.close(CloseCode.TRY_AGAIN_LATER, 'reads too slowly: connect again and call chat.resume');
  }
}
