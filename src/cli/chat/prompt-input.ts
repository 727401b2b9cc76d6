import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { CliContext } from '../cli-context.js';
import { EchoGate } from './echo-gate.js';
import type { LineSource } from './line-source.js';

const PROMPT = '> ';

/** What happens at the keyboard while an answer is going. */
export interface BusyKeys {
  onInterrupt(): void;
  /** A finished line; `true`: it is done with, and not kept for later. */
  onLine(line: string): boolean;
  /** Ctrl-D: there will be no more lines. */
  onEnd(): void;
}

/**
 * Lines that a person types at a prompt. The editor listens all the time: what is typed during an answer waits for
 * the next prompt, and Ctrl-C is a key.
 */
export class PromptInput implements LineSource {
  private readonly editor: Interface;
  private readonly echo: EchoGate;
  private readonly typedAhead: string[] = [];
  private waiting: ((line: string | undefined) => void) | undefined;
  private isClosed = false;

  constructor(
    private readonly context: CliContext,
    private readonly busy: BusyKeys,
  ) {
    this.echo = new EchoGate(context.stdout);
    this.editor = createInterface({
      input: context.stdin,
      output: this.echo,
      terminal: true,
      prompt: PROMPT,
    });
    this.editor.on('line', (line) => this.take(line));
    this.editor.on('SIGINT', () => (this.waiting ? this.editor.close() : this.busy.onInterrupt()));
    this.editor.on('close', () => this.ended());
    this.echo.isOpen = false;
  }

  next(): Promise<string | undefined> {
    const line = this.typedAhead.shift();
    if (line !== undefined) {
      this.context.stdout.write(`${PROMPT}${line}\n`);
      return Promise.resolve(line);
    }
    if (this.isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.echo.isOpen = true;
      this.editor.prompt(true);
    });
  }

  /** Runs `write` without disturbing what a person is typing. */
  interject(write: () => void): void {
    if (!this.waiting) return write();
    cursorTo(this.echo, 0);
    clearLine(this.echo, 0);
    write();
    this.editor.prompt(true);
  }

  close(): void {
    this.isClosed = true;
    this.editor.close();
    this.echo.destroy();
  }

  private take(line: string): void {
    if (!this.waiting) {
      if (!this.busy.onLine(line)) this.typedAhead.push(line);
      return;
    }
    this.settle(line);
  }

  private ended(): void {
    // The cursor is still behind the prompt.
    if (this.waiting) this.context.stdout.write('\n');
    else if (!this.isClosed) this.busy.onEnd();
    this.isClosed = true;
    this.settle(undefined);
  }

  private settle(line: string | undefined): void {
    const resolve = this.waiting;
    this.waiting = undefined;
    this.echo.isOpen = false;
    resolve?.(line);
  }
}
