import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller } from '#contracts';
import { newId } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { toText } from '../jsonb.js';
import { Conditions } from '../listing/conditions.js';
import { SessionEntity } from './session.entity.js';
import { inSessionTurn } from './session-turn.js';

/** Session ids remembered, so that accepting a message needs no look-up. */
const KNOWN_SESSIONS_MAX = 10_000;

export interface NewSession {
  readonly key: string;
  readonly agentId: string;
  readonly channel?: string;
}

export interface SessionPage {
  readonly limit: number;
  readonly agentId?: string;
  /** Sessions that were updated before this one: the last of the page before. */
  readonly after?: { readonly updatedAt: Date; readonly id: string };
}

export interface Compaction {
  readonly summary: string;
  readonly windowStartSeq: number;
  /** How often the session had been compacted when the summary was begun. */
  readonly expectedCount: number;
}

/** What one session has used. */
export interface SessionUsage {
  readonly agentKey: string;
  readonly sessionKey: string;
  readonly model: string;
  readonly provider: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly updatedAt: Date;
}

interface KnownSession {
  readonly id: string;
  readonly agentId: string;
}

/** Sessions of their owners. Every method sees the caller's own sessions alone. */
@Injectable()
export class SessionStore {
  private readonly known = new LRUCache<string, KnownSession>({ max: KNOWN_SESSIONS_MAX });

  constructor(private readonly database: Database) {}

  /**
   * The id of the caller's session with this key; makes the session when there is none. One of an agent that is gone,
   * whose key another agent has now, is set aside: what was told to the one is not the other's to read.
   */
  async ensure(caller: Caller, session: NewSession): Promise<string> {
    const owner = ownerOf(caller);
    const cached = this.known.get(cacheKey(owner, session.key));
    if (cached?.agentId === session.agentId) return cached.id;
    const params = [
      newId(),
      owner,
      caller.tenant ?? null,
      session.key,
      session.agentId,
      session.channel ?? null,
    ];
    const [made] = await this.database.as(caller).query<{ id: string }>(ENSURE, params);
    const found = made ? { id: made.id, agent_id: session.agentId } : await this.find(caller, session.key);
    if (found && found.agent_id !== session.agentId)
      await this.database.as(caller).query(SET_ASIDE, [owner, session.key, session.agentId]);
    // Set aside, or made and deleted by others between the two statements: make it again.
    if (found?.agent_id !== session.agentId) return this.ensure(caller, session);
    this.known.set(cacheKey(owner, session.key), { id: found.id, agentId: session.agentId });
    return found.id;
  }

  async find(caller: Caller, key: string): Promise<SessionEntity | null> {
    const rows = await this.database.as(caller).query(FIND, [ownerOf(caller), toText(key)]);
    return this.database.hydrate(SessionEntity, rows)[0] ?? null;
  }

  /** Newest first. */
  async list(caller: Caller, { limit, agentId, after }: SessionPage): Promise<SessionEntity[]> {
    const conditions = new Conditions().add('user_id = ?', ownerOf(caller)).addIf('agent_id = ?', agentId);
    if (after) conditions.add('(updated_at, id) < (?::timestamptz, ?::uuid)', after.updatedAt, after.id);
    const rows = await this.database
      .as(caller)
      .query(
        `SELECT * FROM sessions WHERE ${conditions.sql} ORDER BY updated_at DESC, id DESC LIMIT ${Math.floor(limit)}`,
        conditions.params,
      );
    return this.database.hydrate(SessionEntity, rows);
  }

  async count(caller: Caller): Promise<number> {
    const [row] = await this.database.as(caller).query<{ count: string }>(COUNT, [ownerOf(caller)]);
    return Number(row?.count ?? 0);
  }

  /** The caller's sessions that used tokens, newest first. */
  async usage(caller: Caller, limit: number, agentKey?: string): Promise<SessionUsage[]> {
    const rows = await this.database
      .as(caller)
      .query<UsageRow>(USAGE, [ownerOf(caller), agentKey ?? null, limit]);
    return rows.map((row) => ({
      ...row,
      inputTokens: Number(row.inputTokens),
      outputTokens: Number(row.outputTokens),
    }));
  }

  /** `false` when the caller has no such session. */
  async patch(
    caller: Caller,
    key: string,
    changes: { label?: string; model?: string | null },
  ): Promise<boolean> {
    const rows = await this.database
      .as(caller)
      .query(PATCH, [
        ownerOf(caller),
        key,
        changes.label !== undefined,
        changes.label ?? null,
        changes.model !== undefined,
        changes.model ?? null,
      ]);
    return rows.length > 0;
  }

  /**
   * The conversation begins anew behind its last message; what was said stays in the table.
   * @throws StoreError `session-busy`
   */
  async reset(caller: Caller, key: string): Promise<string | undefined> {
    const owner = ownerOf(caller);
    const rows = await inSessionTurn(this.database, caller, key, (tx) =>
      tx.query<{ id: string }>(RESET, [owner, key]),
    );
    return rows?.[0]?.id;
  }

  /** Deletes the session and its transcript. Returns its id when there was one. @throws StoreError `session-busy` */
  async delete(caller: Caller, key: string): Promise<string | undefined> {
    const owner = ownerOf(caller);
    const rows = await inSessionTurn(this.database, caller, key, (tx) =>
      tx.query<{ id: string }>(DELETE, [owner, key]),
    );
    this.known.delete(cacheKey(owner, key));
    return rows?.[0]?.id;
  }

  /** Forgets a cached id: the session turned out to be gone. */
  forget(caller: Caller, key: string): void {
    this.known.delete(cacheKey(ownerOf(caller), key));
  }

  /** Stores a summary and moves the window, unless another compaction or a reset came first. */
  async compact(sessionId: string, compaction: Compaction): Promise<boolean> {
    const { summary, windowStartSeq, expectedCount } = compaction;
    const rows = await this.database.query(COMPACT, [sessionId, summary, windowStartSeq, expectedCount]);
    return rows.length > 0;
  }

  /** Moves the pruning pointers; they only ever move forward. */
  async prune(
    sessionId: string,
    pointers: { softTrimBefore: number; hardClearBefore: number },
  ): Promise<void> {
    await this.database.query(PRUNE, [sessionId, pointers.softTrimBefore, pointers.hardClearBefore]);
  }
}

function cacheKey(owner: string, key: string): string {
  return `${owner}\u0000${key}`;
}

/** Bigints come as strings. */
type UsageRow = Omit<SessionUsage, 'inputTokens' | 'outputTokens'> & {
  readonly inputTokens: string;
  readonly outputTokens: string;
};

const FIND = statement('sessions.find', `SELECT * FROM sessions WHERE user_id = $1 AND session_key = $2`);

const COUNT = statement('sessions.count', `SELECT count(*) FROM sessions WHERE user_id = $1`);

const ENSURE = statement(
  'sessions.ensure',
  `INSERT INTO sessions (id, user_id, tenant, session_key, agent_id, channel)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (user_id, session_key) DO NOTHING RETURNING id`,
);

/** The old key stays readable in the new one, which is one of its own. */
const SET_ASIDE = statement(
  'sessions.set-aside',
  `UPDATE sessions SET session_key = left(session_key, 450) || ':of:' || agent_id
   WHERE user_id = $1 AND session_key = $2 AND agent_id <> $3`,
);

const PATCH = statement(
  'sessions.patch',
  `UPDATE sessions SET
     label = CASE WHEN $3 THEN $4 ELSE label END,
     model_override = CASE WHEN $5 THEN $6 ELSE model_override END,
     updated_at = now()
   WHERE user_id = $1 AND session_key = $2 RETURNING id`,
);

const RESET = statement(
  'sessions.reset',
  `UPDATE sessions SET start_seq = next_seq, window_start_seq = next_seq, summary = NULL,
     soft_trim_before = 0, hard_clear_before = 0, compaction_count = compaction_count + 1, updated_at = now()
   WHERE user_id = $1 AND session_key = $2 RETURNING id`,
);

const DELETE = statement(
  'sessions.delete',
  `DELETE FROM sessions WHERE user_id = $1 AND session_key = $2 RETURNING id`,
);

const COMPACT = statement(
  'sessions.compact',
  `UPDATE sessions SET summary = $2, window_start_seq = $3, compaction_count = compaction_count + 1
   WHERE id = $1 AND compaction_count = $4 AND window_start_seq < $3 RETURNING id`,
);

const PRUNE = statement(
  'sessions.prune',
  `UPDATE sessions SET soft_trim_before = GREATEST(soft_trim_before, $2), hard_clear_before = GREATEST(hard_clear_before, $3)
   WHERE id = $1`,
);

const USAGE = statement(
  'sessions.usage',
  `SELECT a.agent_key AS "agentKey", s.session_key AS "sessionKey", COALESCE(s.model, '') AS model,
     COALESCE(s.provider, '') AS provider, s.input_tokens AS "inputTokens", s.output_tokens AS "outputTokens",
     s.updated_at AS "updatedAt"
   FROM sessions s JOIN agents a ON a.id = s.agent_id
   WHERE s.user_id = $1 AND ($2::text IS NULL OR a.agent_key = $2) AND s.input_tokens + s.output_tokens > 0
   ORDER BY s.updated_at DESC, s.id DESC LIMIT $3`,
);
