import type { CommandEnd, RunningCommand } from '#contracts';
import { OutputText } from '../exec/output-text.js';
import { BACKGROUND_OUTPUT_CHARS } from '../exec/exec.limits.js';
import type { OutputStream } from '../exec/command-output.js';
import { RollingText } from './rolling-text.js';

/** A command that goes on after its call, with what it prints. Both streams are one text, in the order they came. */
export class BackgroundCommand {
  readonly output = new RollingText(BACKGROUND_OUTPUT_CHARS);
  /** Up to where `poll` has told. */
  told = 0;
  end: CommandEnd | undefined;
  /** Milliseconds since the epoch. */
  endedAt: number | undefined;
  touchedAt: number;
  private readonly texts = { stdout: new OutputText(), stderr: new OutputText() };
  private running: RunningCommand | undefined;

  constructor(
    readonly id: string,
    readonly command: string,
    /** Milliseconds since the epoch. */
    readonly startedAt: number,
    readonly stop: AbortController,
  ) {
    this.touchedAt = startedAt;
  }

  get process(): RunningCommand | undefined {
    return this.end ? undefined : this.running;
  }

  /** Returns the piece as text. */
  add(stream: OutputStream, chunk: Uint8Array): string {
    const before = this.texts[stream].binaryBytes;
    const text = this.texts[stream].add(chunk);
    const note = before === undefined && this.texts[stream].binaryBytes !== undefined;
    const shown = note
      ? `${text}[binary output from here on is left out: write it to a file instead]\n`
      : text;
    this.output.add(shown);
    return shown;
  }

  attach(running: RunningCommand, now: () => number): void {
    this.running = running;
    void this.noteEnd(running, now);
  }

  private async noteEnd(running: RunningCommand, now: () => number): Promise<void> {
    this.end = await running.ended;
    this.endedAt = now();
  }

  /** New output since the last time, which is told now. */
  takeNew(): { readonly text: string; readonly missing: number } {
    const news = this.output.since(this.told);
    this.told = this.output.end;
    return news;
  }

  async kill(): Promise<void> {
    this.stop.abort();
    await this.running?.ended;
  }
}
