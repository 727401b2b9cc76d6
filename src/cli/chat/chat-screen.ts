import type { CliContext } from '../cli-context.js';
import { Palette } from '../terminal/palette.js';
import { printable } from '../terminal/printable.js';

/** Back to the beginning of the line, and delete it. */
const ERASE_LINE = '\r\u001b[K';
const COLUMNS = 80;

/** What stands at the end of the screen. */
type Block = 'nothing' | 'text' | 'thinking' | 'notice';

/**
 * Writes a conversation as it comes. Answers go to the standard output; everything about them is dimmed there on a
 * terminal, and otherwise goes to the standard error, so that a script reads answers and nothing else.
 */
export class ChatScreen {
  readonly isTerminal: boolean;
  private readonly palette: Palette;
  private readonly canErase: boolean;
  private block: Block = 'nothing';
  private hasStatus = false;
  private isLineStart = true;

  constructor(private readonly context: CliContext) {
    const { stdout, env } = context;
    this.palette = Palette.of(stdout, env);
    this.isTerminal = stdout.isTTY;
    this.canErase = this.isTerminal && env['TERM'] !== 'dumb';
  }

  /** A piece of the answer. */
  text(piece: string): void {
    const isContinued = this.block === 'text' || !this.isTerminal;
    // The paragraph between two steps of an answer is made by the lines that are shown between them.
    const shown = isContinued ? printable(piece) : printable(piece).replace(/^\n+/, '');
    if (shown === '') return;
    this.begin('text');
    this.write(shown);
  }

  /** A piece of what the model thinks before it answers; for eyes only. */
  thinking(piece: string): void {
    const shown = printable(piece);
    if (!this.isTerminal || shown === '') return;
    if (this.begin('thinking') && !this.palette.isColoured) this.write('Thinking: ');
    this.write(shown, 'dim');
  }

  /** A line about the conversation. */
  notice(line: string): void {
    this.line(line, 'dim');
  }

  /** A line that tells of a failure. */
  failure(line: string): void {
    this.line(line, 'red');
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
  }

  /** The end of an answer, with room below it for the next prompt. */
  endAnswer(): void {
    this.endLine();
    if (this.isTerminal) this.context.stdout.write('\n');
    this.block = 'nothing';
  }

  private line(text: string, style: 'dim' | 'red'): void {
    if (!this.isTerminal) return void this.context.stderr.write(`${printable(text)}\n`);
    this.endLine();
    this.begin('notice');
    this.write(`${printable(text)}\n`, style);
  }

  /** `true`: something else stood there before. */
  private begin(block: Block): boolean {
    if (this.block === block) return false;
    this.endLine();
    this.block = block;
    return true;
  }

  private write(text: string, style?: 'dim' | 'red'): void {
    this.clearStatus();
    this.context.stdout.write(style ? this.palette.paint(style, text) : text);
    this.isLineStart = text.endsWith('\n');
  }

  private clearStatus(): void {
    if (this.hasStatus) this.context.stdout.write(ERASE_LINE);
    this.hasStatus = false;
  }
}
