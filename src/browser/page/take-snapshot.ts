import type { Tab, TabInfo } from '../session/tab.js';
import { onPage, type PageLimit } from './page-limit.js';
import { readTree } from './snapshot-tree.js';
import { type SnapshotOptions, snapshotText } from './snapshot-text.js';

export interface Snapshot extends TabInfo {
  /** The page as a tree of text. */
  readonly text: string;
  /** How much that is, for people. */
  readonly stats: string;
}

/** The page as a tree of text, with refs for what can be used. @throws BrowserError */
export async function takeSnapshot(tab: Tab, options: SnapshotOptions, limit: PageLimit): Promise<Snapshot> {
  const tree = await onPage(tab, limit, () =>
    tab.page.ariaSnapshotJSON({ mode: 'ai', timeout: limit.timeoutMs, signal: limit.signal }),
  );
  const { text, nodes, refs, isTruncated } = snapshotText(readTree(tree), options);
  const stats = `${nodes} lines, ${refs} refs, ${text.length} characters${isTruncated ? ', truncated' : ''}`;
  return { ...(await tab.info()), text: text === '' ? '(nothing to see)' : text, stats };
}
