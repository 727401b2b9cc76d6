import { Logger } from '@nestjs/common';

/** Steps of a start or a stop: each is logged with its time, a failing one by name. */
export class Steps {
  private readonly logger: Logger;

  constructor(name: 'Start' | 'Stop') {
    this.logger = new Logger(name);
  }

  async run<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      const result = await work();
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
}
