import { expect, it } from 'vitest';
import { SessionStore, type SessionUsage, type UsageGroup, UsageStore } from '#store';
import { callerOf } from '../../test/support/callers.js';
import { UsageQuery } from './usage-query.js';

class Sessions extends SessionStore {
  readonly asked: unknown[] = [];

  constructor(private readonly rows: readonly SessionUsage[]) {
    super(undefined as never);
  }

  override async usage(...asked: Parameters<SessionStore['usage']>): Promise<SessionUsage[]> {
    this.asked.push(asked);
    return [...this.rows];
  }
}

const updatedAt = new Date(1_000);

function row(agentKey: string, inputTokens: number, outputTokens: number): SessionUsage {
  return {
    agentKey,
    sessionKey: `agent:${agentKey}:x`,
    model: 'm',
    provider: 'p',
    inputTokens,
    outputTokens,
    updatedAt,
  };
}

it('shows what each session of the caller used, in the shape of the protocol', async () => {
  const sessions = new Sessions([row('default', 7, 3)]);
  const ann = callerOf('ann');
  expect(
    await new UsageQuery(sessions, new Sums([])).records(ann, { agentKey: 'default', limit: 5 }),
  ).toEqual([
    {
      agentId: 'default',
      sessionKey: 'agent:default:x',
      model: 'm',
      provider: 'p',
      inputTokens: 7,
      outputTokens: 3,
      totalTokens: 10,
      timestamp: 1_000,
    },
  ]);
  expect(sessions.asked).toEqual([[ann, 5, 'default']]);
});

class Sums extends UsageStore {
  constructor(private readonly groupsOfAll: readonly (UsageGroup & { key: string })[]) {
    super(undefined as never);
  }

  override async byAgent(): Promise<(UsageGroup & { key: string })[]> {
    return [...this.groupsOfAll];
  }
}

it('sums up by agent', async () => {
  const sums = new Sums([
    { key: 'default', input_tokens: 17, output_tokens: 13, count: 2 },
    { key: 'writer', input_tokens: 1, output_tokens: 0, count: 1 },
  ]);
  expect(await new UsageQuery(new Sessions([]), sums).summary(callerOf('ann'))).toEqual({
    byAgent: {
      default: { inputTokens: 17, outputTokens: 13, totalTokens: 30, sessions: 2 },
      writer: { inputTokens: 1, outputTokens: 0, totalTokens: 1, sessions: 1 },
    },
    totalRecords: 3,
  });
});

it('is empty for who used nothing', async () => {
  expect(await new UsageQuery(new Sessions([]), new Sums([])).summary(callerOf('ann'))).toEqual({
    byAgent: {},
    totalRecords: 0,
  });
});
