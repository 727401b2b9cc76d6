/** The newest part of a text that grows, with places in it that stay true when its beginning goes. */
export class RollingText {
  private text = '';
  private dropped = 0;
  private growth: PromiseWithResolvers<void> | undefined;

  constructor(private readonly maxChars: number) {}

  add(more: string): void {
    if (more === '') return;
    this.text += more;
    this.growth?.resolve();
    this.growth = undefined;
    // Cut in larger steps: each cut copies what is kept.
    if (this.text.length > 2 * this.maxChars) this.cut();
  }

  /** Behind the last character. */
  get end(): number {
    return this.dropped + this.text.length;
  }

  /** Resolves when there is more than now. */
  grown(): Promise<void> {
    this.growth ??= Promise.withResolvers<void>();
    return this.growth.promise;
  }

  /** What came at and after a place, and how many characters of it are gone. */
  since(place: number): { readonly text: string; readonly missing: number } {
    if (this.text.length > this.maxChars) this.cut();
    const from = Math.max(place, this.dropped);
    return { text: this.text.slice(from - this.dropped), missing: from - place };
  }

  private cut(): void {
    const gone = this.text.length - this.maxChars;
    this.dropped += gone;
    this.text = this.text.slice(gone);
  }
}
