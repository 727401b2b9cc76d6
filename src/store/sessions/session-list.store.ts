import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { Conditions } from '../listing/conditions.js';
import { type Listing, readPage } from '../listing/listing.js';
import type { Page, PageRequest } from '../listing/page.js';
import { likeText } from '../people/people.store.js';
import { MESSAGE_COLUMNS, type MessageRow, type StoredMessage, toStoredMessage } from './message-rows.js';

export interface SessionFilter {
  /** For admins; others see their own alone. */
  readonly userId?: string;
  readonly tenant?: string;
  readonly agentId?: string;
  readonly channel?: string;
  /** A part of the label or the key. */
  readonly q?: string;
}

/** A conversation as lists show it. */
export interface SessionRecord {
  readonly id: string;
  readonly session_key: string;
  readonly agent_id: string;
  readonly agent_key: string;
  readonly user_id: string;
  readonly tenant: string | null;
  readonly label: string | null;
  /** Chosen for this conversation; wins over the agent's. */
  readonly model_override: string | null;
  /** That answered last. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly channel: string | null;
  readonly summary: string | null;
  /** Since its last reset. */
  readonly message_count: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly compaction_count: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Which part of a transcript is wanted. */
export interface MessageRange {
  readonly limit: number;
  /** Sequence number; messages behind it. */
  readonly after?: number;
  /** Sequence number; messages before it, the newest of them. */
  readonly before?: number;
}

/** Conversations by their ids: an admin's all, everybody else's own. */
@Injectable()
export class SessionListStore {
  constructor(private readonly database: Database) {}

  async page(caller: Caller, filter: SessionFilter, request: PageRequest): Promise<Page<SessionRecord>> {
    const pattern = filter.q && `%${likeText(filter.q)}%`;
    const conditions = visible(caller)
      .addIf('s.user_id = ?', filter.userId)
      .addIf('s.tenant = ?', filter.tenant)
      .addIf('s.agent_id = ?', filter.agentId)
      .addIf('s.channel = ?', filter.channel);
    if (pattern) conditions.add('s.label ILIKE ? OR s.session_key ILIKE ?', pattern, pattern);
    const page = await readPage<SessionRow>(this.database.seenBy(caller), LISTING, conditions, request);
    return { ...page, items: page.items.map(toRecord) };
  }

  /** `undefined` also for what is no id, or not the caller's. */
  async find(caller: Caller, id: string): Promise<SessionRecord | undefined> {
    if (!isUuid(id)) return undefined;
    const conditions = visible(caller).add('s.id = ?', id);
    const [row] = await this.database
      .seenBy(caller)
      .query<SessionRow>(`SELECT ${COLUMNS} FROM ${FROM} WHERE ${conditions.sql}`, conditions.params);
    return row && toRecord(row);
  }

  /** Messages since the last reset, in their order. For a session that the caller was shown. */
  async messages(caller: Caller, id: string, range: MessageRange): Promise<StoredMessage[]> {
    const { limit, after, before } = range;
    const forward = before === undefined;
    const rows = await this.database
      .seenBy(caller)
      .query<MessageRow>(forward ? FORWARD : BACKWARD, [id, after ?? 0, before ?? null, limit]);
    const messages = rows.map(toStoredMessage);
    return forward ? messages : messages.toReversed();
  }
}

type Numbers = 'message_count' | 'input_tokens' | 'output_tokens';
/** Bigints come as text. */
type SessionRow = Omit<SessionRecord, Numbers> & Record<Numbers, string>;

function toRecord(row: SessionRow): SessionRecord {
  return {
    ...row,
    message_count: Number(row.message_count),
    input_tokens: Number(row.input_tokens),
    output_tokens: Number(row.output_tokens),
  };
}

function visible(caller: Caller): Conditions {
  return new Conditions().addIf('s.user_id = ?', caller.role === 'admin' ? undefined : ownerOf(caller));
}

const FROM = 'sessions s JOIN agents a ON a.id = s.agent_id';

const COLUMNS = `s.id, s.session_key, s.agent_id, a.agent_key, s.user_id, s.tenant, s.label, s.model_override, s.model,
  s.provider, s.channel, s.summary, s.next_seq - s.start_seq AS message_count, s.input_tokens, s.output_tokens,
  s.compaction_count, s.created_at, s.updated_at`;

const LISTING: Listing = {
  select: COLUMNS,
  from: FROM,
  id: { sql: 's.id', type: 'uuid' },
  sorts: {
    updated_at: { sql: 's.updated_at', type: 'timestamptz', descending: true },
    created_at: { sql: 's.created_at', type: 'timestamptz', descending: true },
    input_tokens: { sql: 's.input_tokens', type: 'bigint', descending: true },
    output_tokens: { sql: 's.output_tokens', type: 'bigint', descending: true },
  },
};

const SINCE_RESET = `session_id = $1 AND seq > $2 AND ($3::bigint IS NULL OR seq < $3)
  AND seq >= (SELECT start_seq FROM sessions WHERE id = $1)`;

const FORWARD = statement(
  'sessions.messages',
  `SELECT ${MESSAGE_COLUMNS} FROM session_messages WHERE ${SINCE_RESET} ORDER BY seq LIMIT $4`,
);

const BACKWARD = statement(
  'sessions.messages-back',
  `SELECT ${MESSAGE_COLUMNS} FROM session_messages WHERE ${SINCE_RESET} ORDER BY seq DESC LIMIT $4`,
);
