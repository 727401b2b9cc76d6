import type { Duplex, Readable } from 'node:stream';
import { REFUSALS_MAX, TRAFFIC_MAX_BYTES } from './proxy-limits.js';

/** A connection that was not made. */
export interface Refusal {
  /** Host and port, or what stood in their place. */
  readonly target: string;
  readonly message: string;
}

/** What went through one proxy, and what did not. */
export class Traffic {
  private bytes = 0;
  private readonly refused: Refusal[] = [];

  /** Counts what a stream brings; at the end of the budget both ends are closed. */
  count(from: Readable, to: Duplex): void {
    from.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (!this.isSpent) return;
      from.destroy();
      to.destroy();
    });
  }

  get isSpent(): boolean {
    return this.bytes > TRAFFIC_MAX_BYTES;
  }

  refuse(refusal: Refusal): void {
    if (this.refused.length < REFUSALS_MAX) this.refused.push(refusal);
  }

  /** What was refused since the last time somebody asked. */
  takeRefusals(): readonly Refusal[] {
    return this.refused.splice(0);
  }
}
