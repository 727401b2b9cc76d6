import type { DenyRule } from './deny-patterns.js';

/** What must become of a command, and by which defence. */
export type CorpusCase =
  /** A deny rule stops it, whatever is approved. */
  | { readonly command: string; readonly by: 'deny'; readonly rule: DenyRule }
  /** It is not understood, so no list covers it: it asks. */
  | { readonly command: string; readonly by: 'opaque' }
  /** It is understood, and one of its commands is on no list: it asks. */
  | { readonly command: string; readonly by: 'unlisted'; readonly entry: string }
  /** All of it is listed: it runs. */
  | { readonly command: string; readonly by: 'none' };
