import type { NetworkGuard } from '#net';
import { BrowserError } from '../browser.errors.js';

const BLANK = 'about:blank';
const ADDRESS_MAX_CHARS = 8_000;
const WITHOUT_SCHEME = /^[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)/;

/**
 * An address that a page may show: http, https or about:blank; what is reached is decided by the proxy besides.
 * @throws BrowserError, NetworkError
 */
export function pageAddress(text: string, guard: NetworkGuard): string {
  const trimmed = text.trim();
  if (trimmed === BLANK) return BLANK;
  const url = URL.parse(WITHOUT_SCHEME.test(trimmed) ? `https://${trimmed}` : trimmed);
  if (!url || trimmed.length > ADDRESS_MAX_CHARS)
    throw new BrowserError(
      'invalid',
      `${JSON.stringify(trimmed.slice(0, 200))} is no address. Give a whole one: https://example.com/page`,
    );
  guard.check(url);
  return url.href;
}
