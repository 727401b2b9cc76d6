import { SystemClock } from '#kernel';
import { HostProcesses } from '#processes';
import type { McpServerTerms } from '../server/server-terms.js';
import { withFingerprint } from '../server/server-terms.js';
import { McpLink, type LinkOptions } from './mcp-link.js';

export function termsOf(
  address: McpServerTerms['address'],
  more: Partial<McpServerTerms> = {},
): McpServerTerms {
  return withFingerprint({
    key: 'config:wiki',
    name: 'wiki',
    address,
    prefix: '',
    timeoutMs: 5_000,
    isPerUser: false,
    needsOAuth: false,
    ...more,
  });
}

export function httpTerms(url: string, more: Partial<McpServerTerms> = {}): McpServerTerms {
  return termsOf({ transport: 'streamable-http', url, headers: {} }, more);
}

/** A link that is closed with the test. */
export function linkTo(terms: McpServerTerms, options: Partial<LinkOptions> = {}): McpLink & AsyncDisposable {
  const clock = new SystemClock();
  const processes = new HostProcesses(clock);
  const link = new McpLink({ terms, clock, processes, isShared: true, ...options });
  return Object.assign(link, { [Symbol.asyncDispose]: () => link.close() });
}

/** Until it holds; the test's own time limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
