import type { Page, Response } from 'playwright-core';
import type { NetworkGuard } from '#net';
import { BrowserError } from '../browser.errors.js';
import { REFUSED_HEADER } from '../proxy/forward-request.js';
import type { BrowserSession } from '../session/browser-session.js';
import type { Tab } from '../session/tab.js';
import { onPage, type PageLimit } from './page-limit.js';
import { pageAddress } from './page-address.js';

/** What is still coming after a page can be read is waited for so long. */
const LOADED_TIMEOUT_MS = 3_000;
const ERROR_PAGE_TIMEOUT_MS = 1_000;

/** Opens an address in a tab; returns the status of the answer, if there was one. @throws BrowserError, NetworkError */
export async function navigate(
  session: BrowserSession,
  tab: Tab,
  text: string,
  guard: NetworkGuard,
  limit: PageLimit,
): Promise<number | undefined> {
  const address = pageAddress(text, guard);
  const response = await onPage(tab, limit, () => go(tab.page, address, limit)).catch((error: unknown) => {
    throw refusalOf(session, error) ?? error;
  });
  if (response?.headers()[REFUSED_HEADER] !== undefined)
    throw refusalOf(session) ?? new BrowserError('failed', 'The site cannot be reached.');
  await settle(tab.page);
  return response?.status();
}

/** Waits until a page that may be on its way has loaded, for a moment. */
export async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load', { timeout: LOADED_TIMEOUT_MS }).catch(() => undefined);
}

async function go(page: Page, address: string, { timeoutMs, signal }: PageLimit): Promise<Response | null> {
  const atErrorPage = page
    .waitForEvent('framenavigated', { timeout: ERROR_PAGE_TIMEOUT_MS, predicate: isErrorPage })
    .catch(() => undefined);
  try {
    return await page.goto(address, { timeout: timeoutMs, waitUntil: 'domcontentloaded', signal });
  } catch (error) {
    // The browser's own page about the error comes after it, and would break into the next navigation.
    await atErrorPage;
    throw error;
  }
}

function isErrorPage(frame: { url(): string }): boolean {
  return frame.url().startsWith('chrome-error:');
}

/** The words of the proxy, where it is the reason. */
function refusalOf(session: BrowserSession, cause?: unknown): BrowserError | undefined {
  const message = session.takeRefusal();
  return message === undefined ? undefined : new BrowserError('refused', message, cause);
}
