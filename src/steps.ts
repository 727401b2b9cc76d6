import { Logger } from '@nestjs/common';
import { SystemClock } from '#kernel';

/** Steps of a start or a stop: each is logged with its time, a failing one by name. */
export class Steps {
  private readonly logger: Logger;

  constructor(name: 'Start' | 'Stop') {
    this.logger = new Logger(name);
  }

  /** @throws what `work` threw; an Error when it took longer than `limitMs`, and goes on unobserved. */
  async run<T>(name: string, work: () => T | Promise<T>, limitMs?: number): Promise<T> {
    const begun = performance.now();
    try {
      const result = await (limitMs === undefined ? work() : within(limitMs, work));
      this.logger.log(`${name} (${Math.round(performance.now() - begun)} ms)`);
      return result;
    } catch (error) {
      this.logger.error(`${name} failed after ${Math.round(performance.now() - begun)} ms`);
      throw error;
    }
  }

  note(text: string): void {
    this.logger.log(text);
  }

  warn(text: string): void {
    this.logger.warn(text);
  }
}

async function within<T>(limitMs: number, work: () => T | Promise<T>): Promise<T> {
  const over = new AbortController();
  const limit = new SystemClock().wait(limitMs, over.signal).then(() => {
    throw new Error(`not done within ${limitMs} ms`);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    limit.catch(() => undefined);
    over.abort();
  }
}
