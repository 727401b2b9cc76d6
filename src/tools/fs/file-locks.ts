import { Injectable } from '@nestjs/common';

/**
 * One writer per file: models edit a file several times in one batch, and a batch runs in parallel. Within this
 * process; the table holds only files that are being written.
 */
@Injectable()
export class FileLocks {
  private readonly tails = new Map<string, Promise<void>>();

  /** Runs `work` after all earlier work on the same file. */
  async run<T>(file: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(file);
    const done = Promise.withResolvers<void>();
    this.tails.set(file, done.promise);
    try {
      await before;
      return await work();
    } finally {
      if (this.tails.get(file) === done.promise) this.tails.delete(file);
      done.resolve();
    }
  }
}
