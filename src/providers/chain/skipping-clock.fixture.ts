import { ManualClock } from '../../../test/support/manual-clock.js';

/** A clock whose waits are over at once; it remembers how long they were. */
export class SkippingClock extends ManualClock {
  readonly waits: number[] = [];

  override async wait(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    await Promise.resolve();
    signal?.throwIfAborted();
    this.advance(ms);
  }
}
