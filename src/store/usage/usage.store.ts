import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { CALLS, type Grouping, GROUPINGS, type GroupingSql, RUNS } from './groupings.js';

export interface UsageNarrowing {
  /** For admins; others see their own alone. */
  readonly userId?: string;
  readonly tenant?: string;
  readonly agentId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** What one conversation has used. */
export interface UsageRow {
  readonly session_id: string;
  readonly session_key: string;
  readonly agent_id: string;
  readonly agent_key: string;
  readonly user_id: string;
  readonly tenant: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly updated_at: Date;
}

/** What everything of one kind has used together. */
export interface UsageGroup {
  /** The agent's key, the user's id, the day (UTC) …; `null`: what belongs to none. */
  readonly key: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Runs; calls, where it is grouped by model or provider. */
  readonly count: number;
}

/** Tokens: an admin's everybody's, everybody else's own. Added up by the database. */
@Injectable()
export class UsageStore {
  constructor(private readonly database: Database) {}

  /** One record per conversation that used tokens, newest first unless told. */
  async records(caller: Caller, filter: UsageNarrowing, request: PageRequest): Promise<Page<UsageRow>> {
    const conditions = narrowed(caller, filter, {
      user: 's.user_id',
      tenant: 's.tenant',
      agent: 's.agent_id',
      time: 's.updated_at',
    }).add('s.input_tokens + s.output_tokens > 0');
    const page = await readPage<Stored<UsageRow>>(this.database.seenBy(caller), RECORDS, conditions, request);
    return { ...page, items: page.items.map((row) => ({ ...row, ...tokensOf(row) })) };
  }

  /** Groups in order of what they used, the largest first; days in their order. */
  async groups(
    caller: Caller,
    grouping: Grouping,
    filter: UsageNarrowing,
    limit: number,
  ): Promise<UsageGroup[]> {
    const { source, key, order }: GroupingSql = GROUPINGS[grouping];
    const { from, columns, sums } = source === 'runs' ? RUNS : CALLS;
    const conditions = narrowed(caller, filter, columns).add(
      source === 'runs' ? 'r.usage IS NOT NULL' : 'true',
    );
    const rows = await this.database.seenBy(caller).query<StoredGroup>(
      `SELECT ${key} AS key, ${sums} FROM ${from} WHERE ${conditions.sql} GROUP BY 1
       ORDER BY ${order ?? 'input_tokens DESC, key'} LIMIT ${Math.floor(limit)}`,
      conditions.params,
    );
    return rows.map(toGroup);
  }

  /** What the caller's own conversations used, by agent. */
  async byAgent(caller: Caller, agentKey?: string): Promise<(UsageGroup & { key: string })[]> {
    const rows = await this.database
      .as(caller)
      .query<StoredGroup & { key: string }>(BY_AGENT, [ownerOf(caller), agentKey ?? null]);
    return rows.map((row) => ({ ...toGroup(row), key: row.key }));
  }
}

/** Bigints and sums come as text. */
type Stored<T> = Omit<T, keyof Tokens> & Readonly<Record<keyof Tokens, string>>;
type Tokens = Pick<UsageRow, 'input_tokens' | 'output_tokens'>;
type StoredGroup = Omit<Stored<UsageGroup>, 'count'> & { readonly count: string };

function tokensOf(row: Readonly<Record<keyof Tokens, string>>): Tokens {
  return { input_tokens: Number(row.input_tokens), output_tokens: Number(row.output_tokens) };
}

function toGroup(row: StoredGroup): UsageGroup {
  return { key: row.key, count: Number(row.count), ...tokensOf(row) };
}

type Columns = Readonly<Record<'user' | 'tenant' | 'agent' | 'time', string>>;

function narrowed(caller: Caller, filter: UsageNarrowing, columns: Columns): Conditions {
  return new Conditions()
    .addIf(`${columns.user} = ?`, caller.role === 'admin' ? undefined : ownerOf(caller))
    .addIf(`${columns.user} = ?`, filter.userId)
    .addIf(`${columns.tenant} = ?`, filter.tenant)
    .addIf(`${columns.agent} = ?`, filter.agentId)
    .addIf(`${columns.time} >= ?`, filter.from)
    .addIf(`${columns.time} < ?`, filter.to);
}

const RECORDS: Listing = {
  select: `s.id AS session_id, s.session_key, s.agent_id, a.agent_key, s.user_id, s.tenant, s.model, s.provider,
    s.input_tokens, s.output_tokens, s.updated_at`,
  from: 'sessions s JOIN agents a ON a.id = s.agent_id',
  id: { sql: 's.id', type: 'uuid' },
  sorts: {
    updated_at: { sql: 's.updated_at', type: 'timestamptz', descending: true },
    input_tokens: { sql: 's.input_tokens', type: 'bigint', descending: true },
    output_tokens: { sql: 's.output_tokens', type: 'bigint', descending: true },
  },
};

const BY_AGENT = statement(
  'usage.by-agent',
  `SELECT a.agent_key AS key, sum(s.input_tokens) AS input_tokens, sum(s.output_tokens) AS output_tokens, count(*) AS count
   FROM sessions s JOIN agents a ON a.id = s.agent_id
   WHERE s.user_id = $1 AND ($2::text IS NULL OR a.agent_key = $2) AND s.input_tokens + s.output_tokens > 0
   GROUP BY a.agent_key ORDER BY a.agent_key`,
);
