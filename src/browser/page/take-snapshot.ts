import { BrowserError } from '../browser.errors.js';
import type { Tab, TabInfo } from '../session/tab.js';
import { onPage, type PageLimit } from './page-limit.js';
import { readTree } from './snapshot-tree.js';
import { type SnapshotOptions, snapshotText } from './snapshot-text.js';

/** A page with more cannot be described in time. */
export const ELEMENTS_MAX = 25_000;

export interface Snapshot extends TabInfo {
  /** The page as a tree of text. */
  readonly text: string;
  /** How much that is, for people. */
  readonly stats: string;
}

/** The page as a tree of text, with refs for what can be used. @throws BrowserError */
export async function takeSnapshot(tab: Tab, options: SnapshotOptions, limit: PageLimit): Promise<Snapshot> {
  const tree = await onPage(tab, limit, async (): Promise<unknown> => {
    const elements = await tab.page.locator('*').count();
    if (elements > ELEMENTS_MAX) throw tooMany(elements);
    const terms = { timeout: limit.timeoutMs, signal: limit.signal };
    return (await tab.page.ariaSnapshotJSON({ mode: 'ai', ...terms })) as unknown;
  });
  const { text, nodes, refs, isTruncated } = snapshotText(readTree(tree), options);
  const stats = `${nodes} lines, ${refs} refs, ${text.length} characters${isTruncated ? ', truncated' : ''}`;
  return { ...(await tab.info()), text: text === '' ? '(nothing to see)' : text, stats };
}

function tooMany(elements: number): BrowserError {
  return new BrowserError(
    'failed',
    `The page has ${elements} elements, too many for a snapshot. Read a part with evaluate, or take a screenshot.`,
  );
}
