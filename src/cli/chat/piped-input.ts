import { createInterface, type Interface } from 'node:readline';
import type { CliContext } from '../cli-context.js';
import type { LineSource } from './line-source.js';

/** Lines of a pipe or a file, read as they are asked for. */
export class PipedInput implements LineSource {
  private readonly reader: Interface;
  private readonly lines: AsyncIterator<string>;

  constructor({ stdin }: CliContext) {
    this.reader = createInterface({ input: stdin, terminal: false });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async next(): Promise<string | undefined> {
    const result = await this.lines.next();
    return result.done ? undefined : result.value;
  }

  close(): void {
    this.reader.close();
  }
}
