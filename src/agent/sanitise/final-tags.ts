import type { Removal } from './scan-mode.js';
import type { Tag } from './tag.js';

/** Names of tags that mark the answer, lower case. */
export const FINAL_TAGS: ReadonlySet<string> = new Set(['final']);

/** Step 4: the tags around a final answer go, the answer stays. */
export function finalTagRemoval(tag: Tag): Removal | undefined {
  return tag.complete ? { length: tag.length } : undefined;
}
