import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RunContext } from '#contracts';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { ToolsConfig } from '../tools.config.js';

const WINDOW_MS = 3_600_000;
const KEYS_MAX = 10_000;

export type RateLimitDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly limitPerHour: number; readonly retryAfterMs: number };

/**
 * Counts tool calls of each session in a sliding hour. A session belongs to its user: one user cannot use up
 * another's calls by naming the same key. Conversations that are not stored share their user's count.
 */
@Injectable()
export class ToolRateLimiter {
  /** Monotonic times of the calls of the last hour, oldest first. */
  private readonly calls = new LRUCache<string, number[]>({ max: KEYS_MAX });

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Counts one call, unless the limit is reached. */
  take(run: RunContext): RateLimitDecision {
    const limitPerHour = this.config.get(ToolsConfig).rate_limit_per_hour;
    if (limitPerHour === 0) return { allowed: true };
    const now = this.clock.monotonic();
    const key = keyOf(run);
    const recent = (this.calls.get(key) ?? []).filter((at) => now - at < WINDOW_MS);
    const oldest = recent[0];
    const allowed = recent.length < limitPerHour;
    if (allowed) recent.push(now);
    this.calls.set(key, recent);
    if (allowed || oldest === undefined) return { allowed: true };
    return { allowed: false, limitPerHour, retryAfterMs: WINDOW_MS - (now - oldest) };
  }
}

function keyOf({ caller, agent, session }: RunContext): string {
  return JSON.stringify([caller.userId, agent.id, session.id === undefined ? '' : session.key]);
}
