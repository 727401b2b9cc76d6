import { type Clock, SystemClock } from '#kernel';
import { type Database, openDatabase } from '#store';
import type { PgReplicas } from '../../src/store/replication/pg-replicas.js';
import { createTestDatabase } from './postgres/index.js';

/** A PostgreSQL database of a test's own, on which several gateways can be opened. */
export class SharedDatabase implements AsyncDisposable {
  private readonly opened: Database[] = [];

  private constructor(
    readonly dsn: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async create(): Promise<SharedDatabase> {
    const { dsn, drop } = await createTestDatabase();
    return new SharedDatabase(dsn, drop);
  }

  /** One more gateway's side of it. `dsn`: another way to the same database. */
  async open(dsn = this.dsn, clock: Clock = new SystemClock()): Promise<Database> {
    const database = await openDatabase({ dsn, dataDir: '/nowhere', poolSize: 3, clock });
    this.opened.push(database);
    return database;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const database of this.opened.toReversed()) await database.close();
    await this.drop();
  }
}

/** What only a database on a server has. */
export function replicasOf({ replicas }: Database): PgReplicas {
  if (!replicas) throw new Error('An embedded database has no replicas.');
  return replicas;
}
