import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RunContext } from '#contracts';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { GatewayConfig } from '#permissions';
import { ToolsConfig } from '../tools.config.js';

const WINDOW_MS = 3_600_000;
const KEYS_MAX = 10_000;

export type RateLimitDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly limitPerHour: number;
      readonly retryAfterMs: number;
      /** What was counted. */
      readonly key: string;
    };

interface Limit {
  /** Under which the calls are counted. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly perHour: number;
}

const ALLOWED: RateLimitDecision = { allowed: true };

/**
 * Counts tool calls in a sliding hour: those of each session, and those of each user by tool. A session belongs to its
 * user: one user cannot use up another's calls by naming the same key. Conversations that are not stored share their
 * user's count. A tenant may have limits of its own.
 */
@Injectable()
export class ToolRateLimiter {
  /** Monotonic times of the calls of the last hour, oldest first. */
  private readonly calls = new LRUCache<string, number[]>({ max: KEYS_MAX });

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Counts one call of a tool, unless a limit is reached. */
  take(run: RunContext, tool: string): RateLimitDecision {
    const now = this.clock.monotonic();
    const limits = this.limitsOf(run, tool);
    for (const { key, name, perHour } of limits) {
      const recent = this.recent(key, now);
      const [oldest] = recent;
      if (recent.length < perHour || oldest === undefined) continue;
      return { allowed: false, limitPerHour: perHour, retryAfterMs: WINDOW_MS - (now - oldest), key: name };
    }
    for (const { key } of limits) this.recent(key, now).push(now);
    return ALLOWED;
  }

  private limitsOf({ caller, agent, session }: RunContext, tool: string): Limit[] {
    const { rate_limits: limits } = this.config.get(GatewayConfig);
    const tenant = caller.tenant === undefined ? undefined : own(limits.tenants, caller.tenant);
    const ofSession = tenant?.tool_calls_per_hour ?? this.config.get(ToolsConfig).rate_limit_per_hour;
    const ofTool = (own(tenant?.tools ?? {}, tool) ?? own(limits.tools, tool))?.per_hour ?? 0;
    const user = caller.sender ?? caller.userId;
    const stored = session.id === undefined ? '' : session.key;
    const found = [
      { key: JSON.stringify([caller.userId, agent.id, stored]), name: session.key, perHour: ofSession },
      { key: JSON.stringify([user, tool]), name: `${user} and ${tool}`, perHour: ofTool },
    ];
    return found.filter(({ perHour }) => perHour > 0);
  }

  /** Those of the last hour; the list is the one that is kept. */
  private recent(key: string, now: number): number[] {
    const recent = (this.calls.get(key) ?? []).filter((at) => now - at < WINDOW_MS);
    this.calls.set(key, recent);
    return recent;
  }
}

function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
