import type { ToolCall } from '#contracts';
import type { LogWriter } from '../runs/run-log.js';

/** What one call may show; its result is bounded elsewhere. */
const CALL_MAX_CHARS = 256 * 1024;
/** A piece is published when it has this much, or is this old. */
const PIECE_CHARS = 4 * 1024;
const PIECE_MAX_AGE_MS = 100;

interface Pending {
  text: string;
  shown: number;
  timer: NodeJS.Timeout | undefined;
}

/** Publishes what calls show while they go, in pieces: a command can write a line at a time, a million of them. */
export class ShownOutput {
  private readonly calls = new Map<ToolCall, Pending>();

  constructor(private readonly log: Pick<LogWriter, 'append'>) {}

  add(call: ToolCall, text: string): void {
    const pending = this.calls.get(call) ?? { text: '', shown: 0, timer: undefined };
    this.calls.set(call, pending);
    const room = CALL_MAX_CHARS - pending.shown;
    if (room <= 0) return;
    const more = text.slice(0, room);
    pending.shown += text.length;
    pending.text += pending.shown < CALL_MAX_CHARS ? more : `${more}\n[… more output is not shown here …]`;
    if (pending.text.length >= PIECE_CHARS) this.publish(call, pending);
    else pending.timer ??= setTimeout(() => this.publish(call, pending), PIECE_MAX_AGE_MS).unref();
  }

  /** The result is there: what is left comes before it, and nothing after it. */
  end(call: ToolCall): void {
    const pending = this.calls.get(call) ?? { text: '', shown: 0, timer: undefined };
    this.publish(call, pending);
    pending.shown = Number.POSITIVE_INFINITY;
    this.calls.set(call, pending);
  }

  private publish(call: ToolCall, pending: Pending): void {
    clearTimeout(pending.timer);
    pending.timer = undefined;
    if (pending.text === '') return;
    this.log.append('tool.output', { id: call.id, name: call.name, content: pending.text.toWellFormed() });
    pending.text = '';
  }
}
