import type { Conversation } from './conversation.js';

/** Ctrl-C: the first stops the answer that is going; another one, or one without an answer, leaves. */
export class Interrupts {
  private readonly onSignal = (): void => this.handle();

  constructor(
    private readonly conversation: Conversation,
    private readonly leave: () => void,
  ) {
    process.on('SIGINT', this.onSignal);
  }

  handle(): void {
    if (this.conversation.canStop) this.conversation.stop();
    else this.leave();
  }

  close(): void {
    process.off('SIGINT', this.onSignal);
  }
}
