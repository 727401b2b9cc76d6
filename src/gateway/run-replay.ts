import { setImmediate } from 'node:timers/promises';
import type { RunEvent } from '#contracts';
import type { ClientSocket } from './client-socket.js';
import { encodeRunEvent, type RunName } from './encode-frame.js';

/** Events sent before the reader is given the chance to take them. */
const BATCH_EVENTS = 64;
/** Events of one run that may wait for a slow reader. */
const WAITING_EVENTS_MAX = 250_000;

/**
 * Delivers a run's log to one socket, at the pace of its reader: a long log must not overflow the socket that asks
 * for it. While it lives, it alone delivers the run, so that no live event overtakes an older one.
 */
export class RunReplay {
  private waiting: RunEvent[] = [];
  private pumping: Promise<void> | undefined;

  constructor(
    private readonly socket: ClientSocket,
    private readonly run: RunName,
  ) {
    socket.beginReplay(run.runId, this);
  }

  /** Takes the next event of the log. */
  readonly push = (event: RunEvent): void => {
    if (!this.isCurrent) return;
    this.waiting.push(event);
    if (this.waiting.length > WAITING_EVENTS_MAX) this.socket.closeSlowReader();
    this.pumping ??= this.pump();
  };

  /** Resolves when everything that was pushed is sent, or the socket is gone. */
  async sent(): Promise<void> {
    while (this.pumping) await this.pumping;
  }

  /** Live events go to the socket directly again. */
  end(): void {
    this.socket.endReplay(this.run.runId, this);
  }

  /** A later replay of the same run on the same socket supersedes this one. */
  private get isCurrent(): boolean {
    return this.socket.isOpen && this.socket.isReplayedBy(this.run.runId, this);
  }

  private async pump(): Promise<void> {
    // Everything that is pushed in this turn of the loop goes into the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      await this.sendAll(batch);
    }
    this.pumping = undefined;
  }

  private async sendAll(events: readonly RunEvent[]): Promise<void> {
    for (const [index, event] of events.entries()) {
      if (!this.isCurrent) return;
      this.socket.emit(encodeRunEvent(event, this.run));
      if (index % BATCH_EVENTS !== BATCH_EVENTS - 1) continue;
      await this.socket.drained();
      // Others have their turn between two batches.
      await setImmediate();
    }
    await this.socket.drained();
  }
}
