import { setImmediate } from 'node:timers/promises';

/**
 * To start a program, the system copies what it knows of this process, which takes milliseconds in which nothing else
 * goes on. So when many commands start at once, everybody else gets a turn between two of them.
 */
export class StartTurns {
  private last: Promise<void> = Promise.resolve();

  /** Resolves when one program may be started. */
  take(): Promise<void> {
    this.last = this.last.then(() => setImmediate());
    return this.last;
  }
}
