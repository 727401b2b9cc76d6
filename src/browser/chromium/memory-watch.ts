import { Logger } from '@nestjs/common';
import type { Clock } from '#kernel';
import { processesOf } from './process-memory.js';

const LOOK_EVERY_MS = 2_000;

/** Ends the largest page of a browser whenever all of them take more than they may. */
export class MemoryWatch {
  private readonly logger = new Logger('Browser');
  private cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly group: number,
    private readonly maxMb: () => number,
  ) {
    this.plan();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private plan(): void {
    this.cancel = this.clock.after(LOOK_EVERY_MS, () => {
      void this.look().finally(() => {
        if (this.cancel) this.plan();
      });
    });
  }

  private async look(): Promise<void> {
    const processes = await processesOf(this.group);
    const sum = processes.reduce((total, { privateMb }) => total + privateMb, 0);
    if (sum <= this.maxMb()) return;
    const [largest] = processes.toSorted((a, b) => b.privateMb - a.privateMb);
    if (!largest || !this.cancel) return;
    // A browser that is itself the largest holds what a page poured out and nobody took yet.
    const victim = largest.isRenderer ? largest.pid : -this.group;
    this.logger.warn(
      `the browser took ${Math.round(sum)} MB of ${this.maxMb()}: ${largest.isRenderer ? 'the page' : 'the browser'} that took ${Math.round(largest.privateMb)} MB was ended`,
    );
    try {
      process.kill(victim, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}
