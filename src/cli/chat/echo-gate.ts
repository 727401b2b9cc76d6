import { Writable } from 'node:stream';

/**
 * Stands between a line editor and the terminal: while it is shut, what is typed is kept by the editor and not
 * drawn into the answer that is being written.
 */
export class EchoGate extends Writable {
  isOpen = true;
  private readonly onResize = (): void => void this.emit('resize');

  constructor(private readonly terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    terminal.on('resize', this.onResize);
  }

  /** Read by the line editor. */
  get columns(): number | undefined {
    return this.terminal.columns;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.isOpen) this.terminal.write(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.terminal.off('resize', this.onResize);
    done(error);
  }
}
