import { AsyncLocalStorage } from 'node:async_hooks';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import type { Caller } from '#contracts';
import type { Clock } from '#kernel';
import { ownerOf } from '../caller-scope.js';
import { toText } from '../jsonb.js';
import type { PgReplicas } from '../replication/pg-replicas.js';
import { StoreError } from '../store.errors.js';
import { isSerializationFailure, isUnavailable, toStoreError } from './pg-errors.js';
import { ENTER_SCOPE, queryInScope } from './scoped-query.js';
import type { Queryable, Statement } from './statement.js';
import { queryConfig, Transaction } from './transaction.js';

/** A transaction, or a statement, that lost against another one is tried this often. */
const TRANSACTION_ATTEMPTS = 3;

/** While the database is away, a write that must happen is tried again at these intervals. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 2_000;

/**
 * The one door to the database, over TypeORM's own connection pool. Reads of whole entities go through
 * {@link read}, everything hot through named statements.
 */
export class Database implements Queryable {
  /** The embedded engine has one connection: a statement beside an open transaction would wait for itself. */
  private readonly inTransaction = new AsyncLocalStorage<true>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly source: DataSource,
    private readonly pool: Pool,
    private readonly clock: Clock,
    private readonly release: () => Promise<void>,
    /** The gateways on this database; absent for the embedded one, which has only one. */
    readonly replicas?: PgReplicas,
    /** A statement or transaction that takes longer is broken off, its outcome unknown; absent: none is. */
    private readonly answerMaxMs?: number,
  ) {}

  repository<T extends ObjectLiteral>(entity: EntityTarget<T>): Repository<T> {
    return this.source.getRepository(entity);
  }

  /** One statement. Repeated when the database says that it lost against another one. */
  async query<Row extends object>(sql: Statement | string, params: readonly unknown[] = []): Promise<Row[]> {
    this.requireOutside('A statement was sent beside the open transaction: pass the transaction on.');
    return untilWon(() => this.withClient((client) => new Transaction(client).query<Row>(sql, params)));
  }

  /**
   * Where statements see, and write, the caller's own rows alone, whatever they forget to ask for: row security of
   * PostgreSQL. The embedded database, which has one process and one role, cannot and runs them as they are.
   */
  as(caller: Pick<Caller, 'userId'>): Queryable {
    const owner = toText(ownerOf(caller));
    if (!this.hasRowSecurity) return this;
    return {
      query: <Row extends object>(sql: Statement | string, params: readonly unknown[] = []) => {
        this.requireOutside('A statement was sent beside the open transaction: pass the transaction on.');
        return untilWon(() =>
          this.withClient((client) => queryInScope<Row>(client, owner, queryConfig(sql, params))),
        );
      },
    };
  }

  /** As {@link as}, but an admin sees everybody's rows. */
  seenBy(caller: Pick<Caller, 'userId' | 'role'>): Queryable {
    return caller.role === 'admin' ? this : this.as(caller);
  }

  /** Rows of a mapped table as its entities. */
  hydrate<T extends ObjectLiteral>(entity: EntityTarget<T>, rows: readonly object[]): T[] {
    const { metadata, manager } = this.source.getRepository(entity);
    const { driver } = manager.dataSource;
    return rows.map((row) => {
      const made = metadata.create() as T;
      for (const column of metadata.columns) {
        const value: unknown = driver.prepareHydratedValue(Reflect.get(row, column.databaseName), column);
        column.setEntityValue(made, value);
      }
      return made;
    });
  }

  /** Reads through TypeORM, with its errors turned into ours. */
  async read<T extends ObjectLiteral, R>(
    entity: EntityTarget<T>,
    work: (repository: Repository<T>) => Promise<R>,
  ): Promise<R> {
    try {
      return await work(this.source.getRepository(entity));
    } catch (error) {
      throw toStoreError(error, true);
    }
  }

  /** Commits what `work` did, or nothing of it. Repeated when the database says that it lost against another one. */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    this.requireOutside('A transaction was opened inside another one: pass the transaction on.');
    return untilWon(() => this.attemptTransaction(work));
  }

  /** A {@link transaction} that sees, and writes, the caller's own rows alone. */
  transactionAs<T>(caller: Pick<Caller, 'userId'>, work: (tx: Queryable) => Promise<T>): Promise<T> {
    const owner = toText(ownerOf(caller));
    if (!this.hasRowSecurity) return this.transaction(work);
    return this.transaction(async (tx) => {
      await tx.query(ENTER_SCOPE, [owner]);
      return work(tx);
    });
  }

  /**
   * Repeats a write that must not be lost until the database takes it or `signal` aborts. The write must be safe
   * to repeat: the connection can be lost after its commit.
   */
  async insist<T>(write: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let delay = RETRY_MIN_MS; ; delay = Math.min(delay * 2, RETRY_MAX_MS)) {
      try {
        return await write();
      } catch (error) {
        if (!isUnavailable(error) || this.closing || signal?.aborted) throw error;
      }
      await this.clock.wait(delay, signal);
    }
  }

  /** `undefined` when the database answers, else why not. */
  async probe(): Promise<Error | undefined> {
    try {
      await this.withClient((client) => client.query('SELECT 1'));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Closes every connection and gives the database up. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private get hasRowSecurity(): boolean {
    return this.replicas !== undefined;
  }

  private requireOutside(message: string): void {
    if (this.inTransaction.getStore()) throw new StoreError('deadlock', message);
  }

  private async closeAll(): Promise<void> {
    try {
      await this.source.destroy();
    } finally {
      await this.release();
    }
  }

  private attemptTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => {
      await client.query('BEGIN');
      try {
        const result = await this.inTransaction.run(true, () => work(new Transaction(client)));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that is gone has rolled back by itself; the first error says more.
        await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /**
   * Not `pool.query`, which throws the connection away after any error, a unique violation too; the embedded
   * engine has only the one.
   */
  private async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw toStoreError(error);
    });
    let broken = false;
    let isReleased = false;
    const release = (): void => {
      if (!isReleased) client.release(broken);
      isReleased = true;
    };
    const cancelCut = this.cutLater(() => {
      broken = true;
      release();
    });
    // The pool listens to idle connections only, and an `error` that nobody listens to ends the process.
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError);
    try {
      return await work(client);
    } catch (error) {
      broken ||= isUnavailable(error);
      throw toStoreError(error, true);
    } finally {
      cancelCut();
      release();
      client.removeListener('error', onError);
    }
  }

  /** A server that went away without a word would keep its callers for ever: their connection is cut. */
  private cutLater(cut: () => void): () => void {
    return this.answerMaxMs === undefined ? () => undefined : this.clock.after(this.answerMaxMs, cut);
  }
}

/** What lost against another transaction was rolled back as a whole: it is tried again. */
async function untilWon<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (attempts >= TRANSACTION_ATTEMPTS || !isSerializationFailure(error)) throw error;
    }
  }
}
