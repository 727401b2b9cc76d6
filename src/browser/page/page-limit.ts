import type { Clock } from '#kernel';
import { BrowserError } from '../browser.errors.js';
import type { Tab } from '../session/tab.js';
import { explainFailure } from './explain-failure.js';

export const ACTION_TIMEOUT_MS = 10_000;
export const NAVIGATION_TIMEOUT_MS = 30_000;
export const WAIT_TIMEOUT_MS = 30_000;
/** The longest that a call may ask for; the tool's own limit is above it. */
export const TIMEOUT_MAX_MS = 45_000;
/** For the browser to say by itself that the time is over. */
const GRACE_MS = 500;

/** How long work on a page may take, and who may stop it. */
export interface PageLimit {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Does something on a page, in bounded time, whatever the page does. A page that does not answer any more is closed.
 * @throws BrowserError
 */
export async function onPage<T>(
  tab: Tab,
  { signal, timeoutMs, clock }: PageLimit,
  work: () => Promise<T>,
): Promise<T> {
  const over = Promise.withResolvers<never>();
  const cancel = clock.after(timeoutMs + GRACE_MS, () => over.reject(late(timeoutMs)));
  const onAbort = (): void => over.reject(new BrowserError('failed', 'The call was stopped.', signal.reason));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([over.promise, tab.settled.then(work)]);
  } catch (error) {
    const failure = explainFailure(error, timeoutMs);
    if (failure.reason !== 'timeout' && !signal.aborted) throw failure;
    const hung = tab.closeIfHung();
    if (signal.aborted) throw failure;
    throw (await hung) ? gone(tab) : failure;
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function late(timeoutMs: number): BrowserError {
  return new BrowserError('timeout', `It was not done within ${timeoutMs / 1_000} s.`);
}

function gone({ id }: Tab): BrowserError {
  return new BrowserError(
    'hung',
    `The page ${id} did not answer any more and was closed; open it again if you need it.`,
  );
}
