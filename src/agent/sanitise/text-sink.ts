/**
 * A step of the sanitiser: takes text as it comes, in pieces of any size, and hands what stays to the next step.
 * What a step lets through depends on the text alone, never on how it was cut into pieces.
 */
export interface TextSink {
  /** `code` is true inside a fenced code block: no step may change such text. */
  write(text: string, code: boolean): void;
  /** No more text comes: what was held back is decided. Called once. */
  end(): void;
}
