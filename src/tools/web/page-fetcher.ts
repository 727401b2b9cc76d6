import { Injectable } from '@nestjs/common';
import type { Response } from 'undici';
import { Clock } from '#kernel';
import { GuardedFetch, NetworkGuard } from '#net';
import { FairSlots } from '../executor/fair-slots.js';
import { type Body, readBody } from './read-body.js';
import { failedRequest, webError } from './web.errors.js';
import {
  BODY_MAX_BYTES,
  FETCH_TIMEOUT_MS,
  FETCHES_MAX,
  FETCHES_PER_USER_MAX,
  FETCHES_WAITING_MAX,
  REDIRECTS_MAX,
} from './web.limits.js';

/** Many sites answer nothing to what does not look like a browser. */
export const BROWSER_AGENT =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

const HEADERS = {
  'user-agent': BROWSER_AGENT,
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,text/markdown,application/json,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.9',
  'accept-encoding': 'gzip, deflate, br',
};
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What a server answered, whatever its status. */
export interface FetchedPage extends Body {
  /** After all redirects. */
  readonly url: URL;
  readonly status: number;
  readonly statusText: string;
  /** Lower case, without parameters; empty when the server names none. */
  readonly mediaType: string;
  readonly charset?: string;
  /** Whether the server lets it be kept. */
  readonly mayKeep: boolean;
}

/** Loads pages from where tools may go, without cookies or anything else that belongs to somebody. */
@Injectable()
export class PageFetcher {
  private readonly slots = new FairSlots({
    max: FETCHES_MAX,
    perUserMax: FETCHES_PER_USER_MAX,
    waitingMax: FETCHES_WAITING_MAX,
  });

  constructor(
    private readonly guard: NetworkGuard,
    private readonly guarded: GuardedFetch,
    private readonly clock: Clock,
  ) {}

  /** @throws ToolsError or NetworkError for the model; rejects with the signal's reason. */
  async load(address: string, user: string, signal: AbortSignal): Promise<FetchedPage> {
    const url = URL.parse(address);
    if (!url)
      throw webError(
        `"${address.slice(0, 200)}" is no URL; give a whole one, such as https://example.com/page.`,
      );
    this.guard.check(url);
    const giveBack = await this.slots.take(user, signal);
    if (!giveBack) throw webError('fetch failed: too many pages are being loaded; try again in a minute.');
    const limit = new AbortController();
    const cancelLimit = this.clock.after(FETCH_TIMEOUT_MS, () => limit.abort());
    try {
      return await this.follow(url, AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted)
        throw webError(
          `fetch failed: no whole answer within ${FETCH_TIMEOUT_MS / 1000} s; try another address.`,
          error,
        );
      throw failedRequest(error);
    } finally {
      cancelLimit();
      giveBack();
    }
  }

  /** Every address of a redirect is checked as the first one was, and again when it is dialled. */
  private async follow(start: URL, signal: AbortSignal): Promise<FetchedPage> {
    let url = start;
    for (let redirects = 0; ; redirects++) {
      this.guard.check(url);
      const response = await this.request(url, signal);
      const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
      if (location === null) return pageOf(url, response, await readBody(response, BODY_MAX_BYTES));
      await response.body?.cancel();
      if (redirects === REDIRECTS_MAX)
        throw webError(
          `fetch failed: more than ${REDIRECTS_MAX} redirects, the last one to ${shown(location)}.`,
        );
      const next = URL.parse(location, url.href);
      if (!next) throw webError(`fetch failed: a redirect to what is no URL: ${shown(location)}.`);
      url = next;
    }
  }

  private async request(url: URL, signal: AbortSignal): Promise<Response> {
    const [{ fetch }, dispatcher] = await Promise.all([import('undici'), this.guarded.dispatcher()]);
    return fetch(url, { dispatcher, signal, redirect: 'manual', headers: HEADERS });
  }
}

function pageOf(url: URL, response: Response, body: Body): FetchedPage {
  const type = response.headers.get('content-type') ?? '';
  const charset = /charset\s*=\s*"?([\w:.-]{1,40})/i.exec(type)?.[1];
  return {
    ...body,
    url,
    status: response.status,
    statusText: response.statusText.slice(0, 100),
    mediaType: (type.split(';')[0] ?? '').trim().toLowerCase(),
    ...(charset !== undefined && { charset }),
    mayKeep: !/no-store/i.test(response.headers.get('cache-control') ?? ''),
  };
}

function shown(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
