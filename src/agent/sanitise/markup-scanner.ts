import { Prose } from './prose.js';
import { ScanBuffer } from './scan-buffer.js';
import type { ScanMode } from './scan-mode.js';
import type { TextSink } from './text-sink.js';

/** Steps 1 to 5, in one pass, so that code and thinking elements are told apart by which begins first. */
export class MarkupScanner {
  private readonly buffer: ScanBuffer;
  private readonly prose = new Prose();
  private mode: ScanMode = this.prose;

  constructor(private readonly next: TextSink) {
    this.buffer = new ScanBuffer(next);
  }

  write(delta: string): void {
    this.buffer.append(delta);
    this.run();
  }

  end(): void {
    this.buffer.ended = true;
    this.run();
    this.next.end();
  }

  private run(): void {
    for (;;) {
      const step = this.mode.run(this.buffer);
      if (step === 'need-input') return;
      this.mode = step === 'done' ? this.prose : step;
    }
  }
}
