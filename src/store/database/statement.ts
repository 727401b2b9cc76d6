/** A named SQL statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** `name` must be unique in the program: two texts under one name would be mixed up by the server. */
export function statement(name: string, text: string): Statement {
  return { name, text };
}

/** Somewhere statements run: the database itself, or one transaction of it. */
export interface Queryable {
  /** Rows of a statement, in the types that node-postgres gives (bigint as string). */
  query<Row extends object>(sql: Statement | string, params?: readonly unknown[]): Promise<Row[]>;
}
