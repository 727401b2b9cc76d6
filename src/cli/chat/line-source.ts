/** Where the messages of a conversation come from. */
export interface LineSource {
  /** The next line; `undefined` when there will be none. */
  next(): Promise<string | undefined>;
  /** Ends it: `next` answers `undefined` from now on. */
  close(): void;
}
