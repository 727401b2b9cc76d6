import type { Clock } from '#kernel';
import { UNASKED_MAX, UNASKED_WINDOW_MS } from '../mcp.limits.js';

/** Counts what a server sends by itself. */
export class UnaskedLimit {
  private windowStart: number;
  private count = 0;

  constructor(private readonly clock: Clock) {
    this.windowStart = clock.monotonic();
  }

  /** One more. `false`: there were too many in a short time. */
  admits(): boolean {
    const now = this.clock.monotonic();
    if (now - this.windowStart > UNASKED_WINDOW_MS) {
      this.windowStart = now;
      this.count = 0;
    }
    this.count += 1;
    return this.count <= UNASKED_MAX;
  }
}
