import { Logger } from '@nestjs/common';
import type { Clock } from '#kernel';
import { type QueueEntry, SessionQueue } from './session-queue.js';

/** The queues of all sessions in which something is going or waiting; idle ones are forgotten. */
export class TurnQueues {
  private readonly logger = new Logger('TurnQueues');
  private readonly queues = new Map<string, SessionQueue>();
  private stopped = false;

  /** `onTurn` is given every turn that begins: it never rejects. */
  constructor(
    private readonly clock: Clock,
    private readonly onTurn: (turn: Promise<void>) => void,
  ) {}

  get all(): readonly SessionQueue[] {
    return [...this.queues.values()];
  }

  find(key: string): SessionQueue | undefined {
    return this.queues.get(key);
  }

  of(key: string): SessionQueue {
    const known = this.queues.get(key);
    if (known) return known;
    const queue = new SessionQueue(key);
    this.queues.set(key, queue);
    return queue;
  }

  push(queue: SessionQueue, entry: QueueEntry): void {
    queue.push(entry);
    this.pump(queue);
  }

  /** Gives the turn to whoever is next, if it is free. To be called after every change of a queue. */
  pump(queue: SessionQueue): void {
    queue.cancelWake?.();
    queue.cancelWake = undefined;
    if (this.stopped) return;
    const now = this.clock.monotonic();
    const next = queue.takeNext(now);
    if (next) return this.begin(queue, next);
    if (queue.nextAt !== undefined)
      queue.cancelWake = this.clock.after(queue.nextAt - now, () => this.pump(queue));
    if (queue.isIdle && this.queues.get(queue.key) === queue) this.queues.delete(queue.key);
  }

  /** The session's turn may have become free elsewhere. */
  wake(key: string): void {
    const queue = this.queues.get(key);
    if (!queue) return;
    queue.unblock();
    this.pump(queue);
  }

  /** The turn is over. */
  pass(queue: SessionQueue): void {
    queue.current = undefined;
    this.pump(queue);
  }

  /** No more turns begin. */
  stop(): void {
    this.stopped = true;
  }

  private begin(queue: SessionQueue, entry: QueueEntry): void {
    const turn = entry.begin().catch((error: unknown) => this.logger.error('a turn failed', error));
    this.onTurn(turn.finally(() => this.pass(queue)));
  }
}
