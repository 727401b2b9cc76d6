import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import type { Methods, UsageRecord, UsageTotals } from '#protocol';
import { type SessionUsage, SessionStore } from '#store';

/** Sessions that a summary counts at most. */
const SUMMARY_MAX_SESSIONS = 100_000;

export interface UsageFilter {
  readonly agentKey?: string;
}

/** What the caller's conversations have used. */
@Injectable()
export class UsageQuery {
  constructor(private readonly sessions: SessionStore) {}

  /** One record per session that used tokens, newest first. */
  async records(caller: Caller, filter: UsageFilter & { limit: number }): Promise<UsageRecord[]> {
    return (await this.sessions.usage(caller, filter.limit, filter.agentKey)).map(toRecord);
  }

  async summary(caller: Caller, filter: UsageFilter = {}): Promise<Methods['usage.summary']['result']> {
    const records = await this.records(caller, { ...filter, limit: SUMMARY_MAX_SESSIONS });
    const byAgent: Record<string, UsageTotals> = {};
    for (const { agentId, inputTokens, outputTokens, totalTokens } of records) {
      const sum = byAgent[agentId] ?? { inputTokens: 0, outputTokens: 0, totalTokens: 0, sessions: 0 };
      byAgent[agentId] = {
        inputTokens: sum.inputTokens + inputTokens,
        outputTokens: sum.outputTokens + outputTokens,
        totalTokens: sum.totalTokens + totalTokens,
        sessions: sum.sessions + 1,
      };
    }
    return { byAgent, totalRecords: records.length };
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
