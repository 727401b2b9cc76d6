import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

describeWithPostgres('the PostgreSQL of the tests', () => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  it('gives each caller a database of its own', async () => {
    await query(first.dsn, 'CREATE TABLE only_here (id int)');
    await expect(query(second.dsn, 'SELECT FROM only_here')).rejects.toThrow(/does not exist/);
  });

  it('has pgvector', async () => {
    await query(first.dsn, 'CREATE EXTENSION vector');
    expect(await query(first.dsn, "SELECT '[3,4]'::vector <-> '[0,0]'::vector AS distance")).toEqual([
      { distance: 5 },
    ]);
  });

  it('drops a database to which somebody is still connected', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.dsn });
    client.on('error', () => undefined); // The server cuts it.
    await client.connect();
    await database.drop();
    await expect(query(database.dsn, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });
});

async function query(dsn: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
