import pg, { type Connection, type PoolClient, type QueryConfig, type QueryResult } from 'pg';

/** Says on whose behalf the rest of the transaction is: the policies of the tables show it this user's rows alone. */
export const ENTER_SCOPE = `SELECT set_config('goclaw.user', $1, true), set_config('goclaw.scope', 'user', true)`;
const ENTER_SCOPE_NAME = 'scope.enter';

/**
 * What a connection of the pool is for, unless a statement says otherwise: the gateway's own work. A gateway that falls
 * silent in a transaction, frozen or cut off, gives its locks back after $1: everybody else may wait for them.
 */
export const SYSTEM_SCOPE = `SELECT set_config('goclaw.scope', 'system', false),
  set_config('idle_in_transaction_session_timeout', $1, false), set_config('tcp_user_timeout', $1, false),
  set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false)`;

/** Also statements without parameters: a plain one would end the transaction of the scope. */
const EXTENDED = { queryMode: 'extended' };

/** Connections that know the statement by its name. */
const prepared = new WeakSet<Connection>();

/**
 * One statement on behalf of one user. The scope and the statement travel together, before one Sync: PostgreSQL makes
 * them one transaction, whose end takes the scope away again, and the statement costs no further round trip.
 */
export function queryInScope<Row extends object>(
  client: PoolClient,
  userId: string,
  config: QueryConfig,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query(
      { ...config, ...EXTENDED },
      (error: Error | null | undefined, results: unknown) => {
        if (error) return reject(error);
        if (used) prepared.add(used);
        resolve(rowsOfLast<Row>(results));
      },
    );
    let used: Connection | undefined;
    const submit = query.submit.bind(query);
    query.submit = (connection) => {
      used = connection;
      connection.stream.cork();
      try {
        enterScope(connection, userId);
        return submit(connection);
      } finally {
        connection.stream.uncork();
      }
    };
    client.query(query);
  });
}

function enterScope(connection: Connection, userId: string): void {
  if (!prepared.has(connection)) {
    // An attempt that failed may have got as far as this; closing what is not there is no error.
    connection.close({ type: 'S', name: ENTER_SCOPE_NAME }, true);
    connection.parse({ name: ENTER_SCOPE_NAME, text: ENTER_SCOPE, types: [] }, true);
  }
  connection.bind({ statement: ENTER_SCOPE_NAME, values: [userId] }, true);
  connection.describe({ type: 'P', name: '' }, true);
  connection.execute({ portal: '', rows: '' }, true);
}

/** The scope's own result comes first. */
function rowsOfLast<Row extends object>(results: unknown): Row[] {
  const last = (Array.isArray(results) ? results.at(-1) : results) as QueryResult<Row> | undefined;
  return last?.rows ?? [];
}
