import { STDERR_HEAD_CHARS, STDERR_TAIL_CHARS, STDOUT_HEAD_CHARS, STDOUT_TAIL_CHARS } from './exec.limits.js';
import { HeadAndTail } from './head-and-tail.js';
import { OutputText } from './output-text.js';

export type OutputStream = 'stdout' | 'stderr';

/** What a command has printed, for the result: both streams, bounded. */
export class CommandOutput {
  private readonly texts = { stdout: new OutputText(), stderr: new OutputText() };
  private readonly kept = {
    stdout: new HeadAndTail(STDOUT_HEAD_CHARS, STDOUT_TAIL_CHARS),
    stderr: new HeadAndTail(STDERR_HEAD_CHARS, STDERR_TAIL_CHARS),
  };

  /** Returns the piece as text, for whoever watches. */
  add(stream: OutputStream, chunk: Uint8Array): string {
    const text = this.texts[stream].add(chunk);
    this.kept[stream].add(text);
    return text;
  }

  /** stdout, then stderr under its heading; '' when nothing was printed. */
  toString(): string {
    const stdout = this.of('stdout');
    const stderr = this.of('stderr');
    if (stderr === '') return stdout;
    return stdout === '' ? `STDERR:\n${stderr}` : `${stdout.replace(/\n$/, '')}\nSTDERR:\n${stderr}`;
  }

  private of(stream: OutputStream): string {
    const bytes = this.texts[stream].binaryBytes;
    const text = this.kept[stream].toString();
    if (bytes === undefined) return text;
    return `${text}\n[binary output, ${bytes} bytes in all: write it to a file instead]`.trimStart();
  }
}
