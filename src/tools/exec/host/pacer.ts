import type { Readable } from 'node:stream';
import type { Clock } from '#kernel';
import { PACE_BYTES, PACE_WINDOW_MS } from '../exec.limits.js';

/** Reads no more than so much in a window of time: a command that prints without end must not take the whole process. */
export class Pacer {
  private bytes = 0;
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly streams: readonly Readable[],
  ) {}

  count(bytes: number): void {
    this.bytes += bytes;
    this.cancel ??= this.clock.after(PACE_WINDOW_MS, () => {
      this.cancel = undefined;
      this.bytes = 0;
      for (const stream of this.streams) stream.resume();
    });
    if (this.bytes >= PACE_BYTES) for (const stream of this.streams) stream.pause();
  }

  stop(): void {
    this.cancel?.();
  }
}
