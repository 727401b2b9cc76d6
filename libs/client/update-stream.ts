/** Values that are pushed here and read there, in order. One reader; what is not read yet is kept. */
export class UpdateStream<T> implements AsyncIterableIterator<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | undefined;
  private end: { readonly error?: Error } | undefined;

  push(value: T): void {
    if (this.end) return;
    this.waiting.push(value);
    this.wake?.();
  }

  /** Nothing more comes. The reader gets the error, if there is one, behind the last value. */
  finish(error?: Error): void {
    this.end ??= error ? { error } : {};
    this.wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.waiting.length === 0 && !this.end) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const [value] = this.waiting.splice(0, 1);
    if (value !== undefined) return { done: false, value };
    const error = this.end?.error;
    this.end = {};
    if (error) throw error;
    return { done: true, value: undefined };
  }

  /** The reader has seen enough. */
  async return(): Promise<IteratorResult<T>> {
    this.waiting.length = 0;
    this.end = {};
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
