import { LRUCache } from 'lru-cache';
import type { RunContext } from '#contracts';
import { CACHE_MAX_CHARS, CACHE_MAX_ENTRIES, CACHE_TTL_MS } from './web.limits.js';

/**
 * What was loaded a short while ago, for the same agent of the same user alone: neither what others read nor when they
 * did can be told from it.
 */
export class WebCache<T extends object> {
  private readonly known = new LRUCache<string, T>({
    max: CACHE_MAX_ENTRIES,
    maxSize: CACHE_MAX_CHARS,
    ttl: CACHE_TTL_MS,
  });

  /** `charsOf`: how much room an entry takes. */
  constructor(private readonly charsOf: (value: T) => number) {}

  get(run: RunContext, request: string): T | undefined {
    return this.known.get(keyOf(run, request));
  }

  set(run: RunContext, request: string, value: T): void {
    this.known.set(keyOf(run, request), value, { size: 1 + request.length + this.charsOf(value) });
  }
}

function keyOf({ caller, agent }: RunContext, request: string): string {
  return JSON.stringify([caller.userId, agent.id, request]);
}
