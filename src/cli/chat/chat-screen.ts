import type { CliContext } from '../cli-context.js';
import { Palette } from '../terminal/palette.js';
import { printable } from '../terminal/printable.js';

/** Back to the beginning of the line, and delete it. */
const ERASE_LINE = '\r\u001b[K';
const COLUMNS = 80;

/**
 * Writes a conversation as it comes. Answers go to the standard output; everything about them is dimmed there on a
 * terminal, and otherwise goes to the standard error, so that a script reads answers and nothing else.
 */
export class ChatScreen {
  readonly isTerminal: boolean;
  private readonly palette: Palette;
  private readonly canErase: boolean;
  private hasStatus = false;
  private isThinking = false;
  private isLineStart = true;

  constructor(private readonly context: CliContext) {
    const { stdout, env } = context;
    this.palette = Palette.of(stdout, env);
    this.isTerminal = stdout.isTTY;
    this.canErase = this.isTerminal && env['TERM'] !== 'dumb';
  }

  /** A piece of the answer. */
  text(piece: string): void {
    if (this.isThinking) this.endLine();
    this.write(printable(piece));
  }

  /** A piece of what the model thinks before it answers; for eyes only. */
  thinking(piece: string): void {
    if (!this.isTerminal) return;
    if (!this.isThinking) {
      this.endLine();
      this.write(this.palette.isColoured ? '' : 'Thinking: ');
      this.isThinking = true;
    }
    const shown = printable(piece);
    this.clearStatus();
    this.context.stdout.write(this.palette.paint('dim', shown));
    this.isLineStart = shown.endsWith('\n');
  }

  /** A line about the conversation. */
  notice(line: string): void {
    this.endLine();
    const text = `${printable(line)}\n`;
    if (this.isTerminal) this.context.stdout.write(this.palette.paint('dim', text));
    else this.context.stderr.write(text);
  }

  /** A line that tells of a failure. */
  failure(line: string): void {
    this.endLine();
    const { stdout, stderr } = this.context;
    if (this.isTerminal) stdout.write(`${this.palette.paint('red', printable(line))}\n`);
    else stderr.write(`${printable(line)}\n`);
  }

  /** What goes on right now; replaced by whatever is written next. Terminals only. */
  status(line: string): void {
    if (!this.canErase) return;
    this.endLine();
    const width = (this.context.stdout.columns ?? COLUMNS) - 1;
    this.context.stdout.write(this.palette.paint('dim', printable(line).slice(0, width)));
    this.hasStatus = true;
  }

  /** The next output begins on a line of its own. */
  endLine(): void {
    this.clearStatus();
    if (!this.isLineStart) this.context.stdout.write('\n');
    this.isLineStart = true;
    this.isThinking = false;
  }

  private write(text: string): void {
    if (text === '') return;
    this.clearStatus();
    this.context.stdout.write(text);
    this.isLineStart = text.endsWith('\n');
  }

  private clearStatus(): void {
    if (this.hasStatus) this.context.stdout.write(ERASE_LINE);
    this.hasStatus = false;
  }
}
