import type { PoolClient, QueryConfig } from 'pg';
import type { Queryable, Statement } from './statement.js';

/** Statements on one connection. */
export class Transaction implements Queryable {
  constructor(private readonly client: PoolClient) {}

  async query<Row extends object>(sql: Statement | string, params: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query<Row>(queryConfig(sql, params));
    return rows;
  }
}

export function queryConfig(sql: Statement | string, params: readonly unknown[]): QueryConfig {
  const values = [...params];
  return typeof sql === 'string' ? { text: sql, values } : { name: sql.name, text: sql.text, values };
}
