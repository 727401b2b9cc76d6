import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import type { Methods, UsageRecord, UsageTotals } from '#protocol';
import {
  type Grouping,
  type Page,
  type PageRequest,
  type SessionUsage,
  SessionStore,
  type UsageGroup,
  type UsageNarrowing,
  type UsageRow,
  UsageStore,
} from '#store';

/** Groups of one answer at most. */
const GROUPS_MAX = 1_000;

export interface UsageFilter {
  readonly agentKey?: string;
}

/** What conversations have used. */
@Injectable()
export class UsageQuery {
  constructor(
    private readonly sessions: SessionStore,
    private readonly usage: UsageStore,
  ) {}

  /** One record per session of the caller that used tokens, newest first. */
  async records(caller: Caller, filter: UsageFilter & { limit: number }): Promise<UsageRecord[]> {
    return (await this.sessions.usage(caller, filter.limit, filter.agentKey)).map(toRecord);
  }

  /** What the caller's own sessions used, by agent. */
  async summary(caller: Caller, filter: UsageFilter = {}): Promise<Methods['usage.summary']['result']> {
    const groups = await this.usage.byAgent(caller, filter.agentKey);
    const byAgent: Record<string, UsageTotals> = {};
    let totalRecords = 0;
    for (const { key, input_tokens: inputTokens, output_tokens: outputTokens, count: sessions } of groups) {
      byAgent[key] = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens, sessions };
      totalRecords += sessions;
    }
    return { byAgent, totalRecords };
  }

  /** One record per session, page by page. An admin's everybody's, everybody else's own. */
  page(caller: Caller, filter: UsageNarrowing, request: PageRequest): Promise<Page<UsageRow>> {
    return this.usage.records(caller, filter, request);
  }

  /** Sums by agent, user, tenant, day, model or provider; the largest {@link GROUPS_MAX} of them. */
  groups(caller: Caller, grouping: Grouping, filter: UsageNarrowing): Promise<UsageGroup[]> {
    return this.usage.groups(caller, grouping, filter, GROUPS_MAX);
  }
}

function toRecord(usage: SessionUsage): UsageRecord {
  return {
    agentId: usage.agentKey,
    sessionKey: usage.sessionKey,
    model: usage.model,
    provider: usage.provider,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens,
    timestamp: usage.updatedAt.getTime(),
  };
}
