import { LRUCache } from 'lru-cache';
import type { LlmErrorKind } from '#contracts';
import { type Sight, sightOf } from './sight-of.js';

const MODELS_MAX = 1_000;
/** Endpoints get new models under old names. */
const LEARNED_TTL_MS = 60 * 60_000;

/** What a refusal of images looks like: endpoints also say that there is no such model that takes them. */
const REFUSALS: ReadonlySet<LlmErrorKind> = new Set(['bad-request', 'model-not-found']);

/** Which models take images: by their names, and by what came of showing them some. */
export class LearnedSight {
  private readonly blind = new LRUCache<string, true>({ max: MODELS_MAX, ttl: LEARNED_TTL_MS });

  /** `key` tells one model at one endpoint from all others. */
  of(key: string, model: string): Sight {
    const named = sightOf(model);
    return named === 'unknown' && this.blind.has(key) ? 'blind' : named;
  }

  /** Whether a request with images that failed so may be made again without them. */
  mayBeBlind(kind: LlmErrorKind): boolean {
    return REFUSALS.has(kind);
  }

  /** It refused a request with images, and answered the same one without. One that is known to see disliked the image. */
  learn(key: string): void {
    this.blind.set(key, true);
  }
}
