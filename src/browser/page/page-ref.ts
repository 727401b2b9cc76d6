import type { Locator, Page } from 'playwright-core';
import { BrowserError } from '../browser.errors.js';

/** `e5`, `@e5`, `ref=e5`, and those of frames: `f1e5`. */
const REF = /^(?:@|ref=|\[ref=)?(?<ref>(?:f\d{1,6})?e\d{1,9})\]?$/;

/** The element that a snapshot named so. @throws BrowserError */
export async function elementOf(page: Page, text: string): Promise<Locator> {
  const ref = REF.exec(text.trim())?.groups?.['ref'];
  if (ref === undefined)
    throw new BrowserError(
      'invalid',
      `${JSON.stringify(text)} is no ref. Refs come from a snapshot: e5, f1e5.`,
    );
  const element = page.getByRef(ref);
  // A ref of a frame that is gone is an error of its own.
  if ((await element.count().catch(() => 0)) === 0)
    throw new BrowserError(
      'invalid',
      `The page has no element ${ref} now. Take a snapshot: refs are those of the latest one.`,
    );
  return element;
}
