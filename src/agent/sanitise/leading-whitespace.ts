import type { TextSink } from './text-sink.js';

/** Step 7, first half: leading blank lines and white space go. */
export class LeadingWhitespace implements TextSink {
  private begun = false;

  constructor(private readonly next: TextSink) {}

  write(text: string, code: boolean): void {
    const kept = this.begun ? text : text.trimStart();
    if (kept === '') return;
    this.begun = true;
    this.next.write(kept, code);
  }

  end(): void {
    this.next.end();
  }
}
