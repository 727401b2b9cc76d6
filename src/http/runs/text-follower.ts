import type { RunEvent } from '#contracts';

/**
 * The visible text of one run, piece by piece. Text that was passed on cannot be taken back, so a run that was
 * taken up again after a crash ends the text.
 */
export class TextFollower {
  private passedOn = 0;
  private interrupt: () => void = () => undefined;

  /** Resolves when the text that was passed on has become void. */
  readonly interrupted = new Promise<'interrupted'>((resolve) => {
    this.interrupt = () => resolve('interrupted');
  });
  private isOver = false;

  constructor(private readonly passOn: (text: string) => void) {}

  readonly accept = (event: RunEvent): void => {
    if (this.isOver) return;
    if (event.type === 'chunk') this.pass(event.payload.content);
    else if (event.type === 'run.resumed') {
      this.isOver = true;
      this.interrupt();
    }
  };

  /** Passes on what is still missing of the final content. */
  complete(content: string): void {
    if (!this.isOver) this.pass(content.slice(this.passedOn));
    this.isOver = true;
  }

  private pass(text: string): void {
    if (text === '') return;
    this.passedOn += text.length;
    this.passOn(text);
  }
}
