import type { Caller } from '#contracts';
import { ownerOf } from '../caller-scope.js';
import type { Database } from '../database/database.js';
import { type Queryable, statement } from '../database/statement.js';
import { StoreError } from '../store.errors.js';

/**
 * Does `work` while no run of the caller's session is going, on whatever replica, and none can begin. Two statements
 * before it, because only a second one sees what was committed while the first waited for the session's row.
 * `undefined`: there is no such session. @throws StoreError `session-busy`
 */
export function inSessionTurn<T>(
  database: Database,
  caller: Pick<Caller, 'userId'>,
  key: string,
  work: (tx: Queryable) => Promise<T>,
): Promise<T | undefined> {
  return database.transactionAs(caller, async (tx) => {
    const [session] = await tx.query<{ id: string }>(LOCK, [ownerOf(caller), key]);
    if (!session) return undefined;
    if ((await tx.query(GOING, [session.id])).length > 0) {
      throw new StoreError('session-busy', 'A run of this session is going. Wait for its end, or abort it.');
    }
    return work(tx);
  });
}

export function isSessionBusy(error: unknown): boolean {
  return error instanceof StoreError && error.reason === 'session-busy';
}

const LOCK = statement(
  'sessions.lock',
  `SELECT id FROM sessions WHERE user_id = $1 AND session_key = $2 FOR UPDATE`,
);

const GOING = statement('sessions.going', `SELECT id FROM runs WHERE session_id = $1 AND state = 'running'`);
