import { SanitisingStream } from './sanitising-stream.js';

const ITERATION_SEPARATOR = '\n\n';

/**
 * The visible text of a run: that of all its iterations (LLM calls), each sanitised on its own, with a blank line
 * between two that are not empty. `content` is always the concatenation of everything `push` and `endIteration`
 * returned, behind what it began with. A silent reply hides the text of its own iteration only.
 */
export class RunText {
  private stream: SanitisingStream | undefined;
  private separated = false;

  /** `text`: what earlier attempts at the run have shown. */
  constructor(private text = '') {}

  /** All that was returned so far. */
  get content(): string {
    return this.text;
  }

  /** Begins an iteration. Text of an unfinished one that was still held back is discarded (a repeated call). */
  beginIteration(): void {
    this.stream = new SanitisingStream();
    this.separated = this.text === '';
  }

  /** Takes a text delta, returns what to show now (possibly nothing). */
  push(delta: string): string {
    if (this.stream === undefined)
      throw new Error('Call beginIteration() before the first delta of an LLM call.');
    return this.append(this.stream.push(delta));
  }

  /** Ends the iteration, returns what of its text was held back and is to be shown. */
  endIteration(): string {
    const rest = this.stream?.end() ?? '';
    this.stream = undefined;
    return this.append(rest);
  }

  private append(text: string): string {
    if (text === '') return '';
    const chunk = this.separated ? text : ITERATION_SEPARATOR + text;
    this.separated = true;
    this.text += chunk;
    return chunk;
  }
}
