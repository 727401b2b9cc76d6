import type { Readable } from 'node:stream';
import type { Clock } from '#kernel';

/** So fast is output taken that nobody will read any more: a command that prints without end must not fill a core. */
const BRAKED_BYTES_PER_MS = 16 * 1024;

/** Slows a stream down, once it brought so much. Its command feels it: the pipe is full. */
export class OutputBrake {
  private bytes = 0;
  private cancel: (() => void) | undefined;
  private isReleased = false;

  constructor(
    private readonly stream: Readable,
    private readonly clock: Clock,
    private readonly freeBytes: number,
  ) {}

  took(bytes: number): void {
    this.bytes += bytes;
    if (this.isReleased || this.bytes <= this.freeBytes || this.cancel) return;
    this.stream.pause();
    this.cancel = this.clock.after(Math.ceil(bytes / BRAKED_BYTES_PER_MS), () => {
      this.cancel = undefined;
      this.stream.resume();
    });
  }

  /** The rest comes as fast as it can: the command is over. */
  release(): void {
    this.isReleased = true;
    this.cancel?.();
    this.cancel = undefined;
    this.stream.resume();
  }
}
