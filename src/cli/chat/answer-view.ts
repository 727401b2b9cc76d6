import type { ChatUpdate, RpcError } from '#client';
import type { ChatResult } from '#protocol';
import type { ChatScreen } from './chat-screen.js';

/** Shows one answer on its way. */
export class AnswerView {
  /** Tools that have not answered yet, by the id of their call. */
  private readonly running = new Map<string, string>();
  private hasText = false;

  constructor(private readonly screen: ChatScreen) {
    screen.status('waiting for the agent …');
  }

  show(update: ChatUpdate): void {
    switch (update.type) {
      case 'text':
        return this.text(update.text);
      case 'thinking':
        return this.screen.thinking(update.text);
      case 'tool-call':
        this.running.set(update.id, update.name);
        return this.showRunning();
      case 'tool-result':
        this.running.delete(update.id);
        this.screen.notice(`tool ${update.name}: ${update.isError ? 'failed' : 'ok'}`);
        return this.showRunning();
      case 'retracted':
        this.screen.notice('The gateway was restarted; what counts of the answer:');
        return this.text(update.text);
      case 'accepted':
      case 'started':
      case 'message':
    }
  }

  /** The answer is complete, or as complete as it gets. */
  end(result: ChatResult): void {
    if (!this.hasText) this.text(result.content);
    for (const name of this.running.values()) this.screen.notice(`tool ${name}: stopped`);
    if (result.status === 'aborted') this.screen.notice('Stopped.');
    if (result.status === 'merged') this.screen.notice('Answered together with your next message.');
    if (result.status === 'completed' && result.content === '' && !this.hasText)
      this.screen.notice('The agent chose not to answer.');
    this.screen.endAnswer();
  }

  /** There is no answer, or none to the end. */
  fail(error: RpcError): void {
    this.screen.failure(error.message);
    this.screen.endAnswer();
  }

  private text(piece: string): void {
    if (piece === '') return;
    this.hasText = true;
    this.screen.text(piece);
  }

  private showRunning(): void {
    const names = [...this.running.values()];
    this.screen.status(names.length > 0 ? `running ${names.join(', ')} …` : 'waiting for the agent …');
  }
}
