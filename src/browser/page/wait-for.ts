import type { Page } from 'playwright-core';
import type { Clock } from '#kernel';
import type { ActRequest } from './act-request.js';

const QUIET_MS = 300;
const LOOK_EVERY_MS = 100;

/** Waits for what is asked: time, text, its end, an address, or, without any, until the page is quiet. */
export async function waitFor(
  page: Page,
  { timeMs, text, textGone, url }: ActRequest,
  { timeoutMs, signal, clock }: { timeoutMs: number; signal: AbortSignal; clock: Clock },
): Promise<string> {
  const terms = { timeout: timeoutMs, signal };
  if (timeMs !== undefined) {
    await clock.wait(Math.min(timeMs, timeoutMs), signal);
    return `Waited ${Math.min(timeMs, timeoutMs)} ms.`;
  }
  if (text !== undefined) {
    await page
      .getByText(text)
      .first()
      .waitFor({ state: 'visible', ...terms });
    return 'The text is there.';
  }
  if (textGone !== undefined) {
    await page
      .getByText(textGone)
      .first()
      .waitFor({ state: 'hidden', ...terms });
    return 'The text is gone.';
  }
  if (url !== undefined) {
    await page.waitForURL((current) => current.href === url || current.href.includes(url), terms);
    return 'The address is reached.';
  }
  await page.waitForLoadState('load', terms);
  await untilQuiet(page, clock, signal, timeoutMs);
  return 'The page is quiet.';
}

/** Until nothing in the page changed its length for a moment. */
async function untilQuiet(page: Page, clock: Clock, signal: AbortSignal, timeoutMs: number): Promise<void> {
  const end = clock.monotonic() + timeoutMs;
  let quietSince = clock.monotonic();
  let last = -1;
  while (clock.monotonic() < end) {
    const now = await page.locator('*').count();
    if (now !== last) quietSince = clock.monotonic();
    last = now;
    if (clock.monotonic() - quietSince >= QUIET_MS) return;
    await clock.wait(LOOK_EVERY_MS, signal);
  }
}
