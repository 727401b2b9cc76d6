import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import type { TenantRecord, UserAgent, UserRecord } from './people.js';

export interface UserFilter {
  readonly tenant?: string;
  readonly agentId?: string;
  /** A part of the id. */
  readonly q?: string;
}

/** Who uses the gateway: users by the agents that they have talked to, tenants by their users. For admins. */
@Injectable()
export class PeopleStore {
  constructor(private readonly database: Database) {}

  async users(filter: UserFilter, request: PageRequest): Promise<Page<UserRecord>> {
    const conditions = new Conditions()
      .addIf('p.tenant = ?', filter.tenant)
      .addIf('p.agent_ids @> ARRAY[?::uuid]', filter.agentId)
      .addIf('p.user_id ILIKE ?', filter.q && `%${likeText(filter.q)}%`);
    const page = await readPage<UserRow>(this.database, USERS, conditions, request);
    return { ...page, items: page.items.map(toUser) };
  }

  /** A user with the agents that he has talked to; `undefined` for somebody who was never here. */
  async user(id: string): Promise<(UserRecord & { readonly agents: readonly UserAgent[] }) | undefined> {
    const conditions = new Conditions().add('p.user_id = ?', id);
    const { items } = await readPage<UserRow>(this.database, USERS, conditions, { limit: 1 });
    const [row] = items;
    return row && { ...toUser(row), agents: await this.database.query<UserAgent>(AGENTS_OF, [id]) };
  }

  async tenants(q: string | undefined, request: PageRequest): Promise<Page<TenantRecord>> {
    const conditions = new Conditions().addIf('t.tenant ILIKE ?', q && `%${likeText(q)}%`);
    const page = await readPage<TenantRow>(this.database, TENANTS, conditions, request);
    return { ...page, items: page.items.map(toTenant) };
  }

  async tenant(name: string): Promise<TenantRecord | undefined> {
    const conditions = new Conditions().add('t.tenant = ?', name);
    const { items } = await readPage<TenantRow>(this.database, TENANTS, conditions, { limit: 1 });
    return items[0] && toTenant(items[0]);
  }
}

/** Text as itself in a pattern of LIKE. */
export function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('\u0000', '');
}

/** Sums come as text. */
type Sums = Record<'sessions' | 'input_tokens' | 'output_tokens', string>;
type UserRow = Omit<UserRecord, keyof Sums> & Sums;
type TenantRow = Omit<TenantRecord, keyof Sums> & Sums;

function numbers(row: Sums): Record<keyof Sums, number> {
  return {
    sessions: Number(row.sessions),
    input_tokens: Number(row.input_tokens),
    output_tokens: Number(row.output_tokens),
  };
}

function toUser(row: UserRow): UserRecord {
  return { ...row, ...numbers(row) };
}

function toTenant(row: TenantRow): TenantRecord {
  return { ...row, ...numbers(row) };
}

/** The sums are made for the rows of the page alone: PostgreSQL makes them after it has sorted and cut. */
function sums(of: string): string {
  return `(SELECT count(*) FROM sessions s WHERE ${of}) AS sessions,
    (SELECT COALESCE(sum(s.input_tokens), 0) FROM sessions s WHERE ${of}) AS input_tokens,
    (SELECT COALESCE(sum(s.output_tokens), 0) FROM sessions s WHERE ${of}) AS output_tokens`;
}

const USERS: Listing = {
  select: `p.user_id, p.tenant, p.first_seen_at, p.last_seen_at, p.agent_count, ${sums('s.user_id = p.user_id')}`,
  from: `(SELECT user_id, max(tenant) AS tenant, min(first_seen_at) AS first_seen_at,
      max(last_seen_at) AS last_seen_at, count(*)::int AS agent_count, array_agg(agent_id) AS agent_ids
    FROM user_agent_profiles GROUP BY user_id) p`,
  id: { sql: 'p.user_id', type: 'text' },
  sorts: {
    last_seen_at: { sql: 'p.last_seen_at', type: 'timestamptz', descending: true },
    first_seen_at: { sql: 'p.first_seen_at', type: 'timestamptz', descending: true },
    user_id: { sql: 'p.user_id', type: 'text' },
  },
};

const TENANTS: Listing = {
  select: `t.tenant, t.users, t.first_seen_at, t.last_seen_at, ${sums('s.tenant = t.tenant')}`,
  from: `(SELECT tenant, count(DISTINCT user_id)::int AS users, min(first_seen_at) AS first_seen_at,
      max(last_seen_at) AS last_seen_at
    FROM user_agent_profiles WHERE tenant IS NOT NULL GROUP BY tenant) t`,
  id: { sql: 't.tenant', type: 'text' },
  sorts: {
    last_seen_at: { sql: 't.last_seen_at', type: 'timestamptz', descending: true },
    tenant: { sql: 't.tenant', type: 'text' },
    users: { sql: 't.users', type: 'int', descending: true },
  },
};

const AGENTS_OF = statement(
  'people.agents-of',
  `SELECT p.agent_id, a.agent_key, p.first_seen_at, p.last_seen_at
   FROM user_agent_profiles p JOIN agents a ON a.id = p.agent_id
   WHERE p.user_id = $1 ORDER BY p.last_seen_at DESC, p.agent_id`,
);
