import type { ToolCall } from '#contracts';
import type { Clock } from '#kernel';
import type { LogWriter } from '../runs/run-log.js';

/** What one call may show; its result is bounded elsewhere. */
export const CALL_MAX_CHARS = 256 * 1024;
/** A piece is published when it has this much, or is this old. */
const PIECE_CHARS = 4 * 1024;
const PIECE_MAX_AGE_MS = 100;
/** A line without its end waits so long: a credential is only known when it is whole. */
const LINE_MAX_AGE_MS = 1_000;
const MORE_NOTE = '\n[… more output is not shown here …]\n';

interface Shown {
  /** Not published yet. */
  text: string;
  /** What it may still show. */
  room: number;
  cancel: (() => void) | undefined;
  /** What waits is a line without its end. */
  isHeld: boolean;
}

/** Publishes what calls show while they go, in pieces: a command can write a million lines, one at a time. */
export class ShownOutput {
  private readonly calls = new Map<ToolCall, Shown>();

  constructor(
    private readonly log: Pick<LogWriter, 'append'>,
    private readonly clock: Clock,
    /** Takes out what nobody is to read. */
    private readonly clean: (text: string) => string,
  ) {}

  add(call: ToolCall, text: string): void {
    const shown = this.of(call);
    if (shown.room <= 0 || text === '') return;
    const fits = text.slice(0, shown.room);
    shown.room -= text.length;
    shown.text += shown.room > 0 ? fits : fits + MORE_NOTE;
    if (shown.text.length >= PIECE_CHARS) this.publishLines(call, shown);
    if (shown.text.length >= PIECE_CHARS) this.publish(call, shown);
    if (shown.isHeld && endOfLines(fits) > 0) this.wake(shown);
    if (shown.text !== '')
      shown.cancel ??= this.clock.after(PIECE_MAX_AGE_MS, () => this.publishLines(call, shown));
  }

  /** The result is there: what is left comes before it, and nothing after it. */
  end(call: ToolCall): void {
    const shown = this.of(call);
    this.publish(call, shown);
    shown.room = 0;
  }

  private of(call: ToolCall): Shown {
    const shown = this.calls.get(call) ?? {
      text: '',
      room: CALL_MAX_CHARS,
      cancel: undefined,
      isHeld: false,
    };
    this.calls.set(call, shown);
    return shown;
  }

  /** The last line waits for its end, but not for long. */
  private publishLines(call: ToolCall, shown: Shown): void {
    const rest = shown.text.slice(endOfLines(shown.text));
    shown.text = shown.text.slice(0, endOfLines(shown.text));
    this.publish(call, shown);
    if (rest === '') return;
    shown.text = rest;
    shown.isHeld = true;
    shown.cancel = this.clock.after(LINE_MAX_AGE_MS, () => this.publish(call, shown));
  }

  private publish({ id, name }: ToolCall, shown: Shown): void {
    this.wake(shown);
    if (shown.text === '') return;
    const content = this.clean(shown.text).toWellFormed().replaceAll('\0', '\uFFFD');
    this.log.append('tool.output', { id, name, content });
    shown.text = '';
  }

  private wake(shown: Shown): void {
    shown.cancel?.();
    shown.cancel = undefined;
    shown.isHeld = false;
  }
}

/** Behind the last line that has its end; progress bars end theirs with a carriage return. */
function endOfLines(text: string): number {
  return Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
}
