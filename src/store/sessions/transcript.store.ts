import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { ownerOf } from '../caller-scope.js';
import { Database } from '../database/database.js';
import { statement } from '../database/statement.js';
import { toJsonb } from '../jsonb.js';
import { inSessionTurn } from './session-turn.js';
import {
  insertMessages,
  MESSAGE_COLUMNS,
  messageRecords,
  type MessageRow,
  type NewMessage,
  type StoredMessage,
  toStoredMessage,
} from './message-rows.js';

/** The append-only transcript: reading it, and the appends that belong to no run. */
@Injectable()
export class TranscriptStore {
  constructor(private readonly database: Database) {}

  /** Messages `from` … `before` (exclusive), oldest first. For a run that holds the session. */
  async range(sessionId: string, from: number, before: number): Promise<StoredMessage[]> {
    return (await this.database.query<MessageRow>(RANGE, [sessionId, from, before])).map(toStoredMessage);
  }

  /** The caller's newest `limit` messages before `before` since the session's last reset, oldest first. */
  async page(caller: Caller, key: string, limit: number, before?: number): Promise<StoredMessage[]> {
    const rows = await this.database
      .as(caller)
      .query<MessageRow>(PAGE, [ownerOf(caller), key, before ?? null, limit]);
    return rows.map(toStoredMessage).toReversed();
  }

  /**
   * Appends to the caller's session outside of a run; `false` when there is no such session.
   * @throws StoreError `session-busy`
   */
  async append(caller: Caller, key: string, message: NewMessage): Promise<boolean> {
    const params = [ownerOf(caller), key, toJsonb(messageRecords([message]))];
    const rows = await inSessionTurn(this.database, caller, key, (tx) => tx.query(APPEND, params));
    return rows !== undefined && rows.length > 0;
  }
}

const RANGE = statement(
  'transcript.range',
  `SELECT ${MESSAGE_COLUMNS} FROM session_messages WHERE session_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq`,
);

const PAGE = statement(
  'transcript.page',
  `SELECT ${MESSAGE_COLUMNS} FROM session_messages
   WHERE session_id = (SELECT id FROM sessions WHERE user_id = $1 AND session_key = $2)
     AND seq >= (SELECT start_seq FROM sessions WHERE user_id = $1 AND session_key = $2)
     AND ($3::bigint IS NULL OR seq < $3)
   ORDER BY seq DESC LIMIT $4`,
);

const APPEND = statement(
  'transcript.append',
  `WITH s AS (
     UPDATE sessions SET next_seq = next_seq + 1, updated_at = now() WHERE user_id = $1 AND session_key = $2
     RETURNING id AS session_id, next_seq - 1 AS first_seq
   ), m AS (${insertMessages('$3', 'NULL')})
   SELECT session_id FROM s`,
);
