import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, SystemClock } from '#kernel';
import { type Database, openDatabase, SessionStore } from '#store';
import { callerOf } from '../support/callers.js';
import {
  createRestrictedDatabase,
  describeWithPostgres,
  type RestrictedDatabase,
} from '../support/postgres/index.js';

const ANN = 'tenant.a.user.ann';
const BOB = 'tenant.b.user.bob';
const AGENT = newId();
const SKILL = newId();
const SERVER = newId();

/** Tables for which a user has rows, and how one of a user's rows is made. */
const OWNED: Readonly<Record<string, (user: string, ids: Ids) => [sql: string, params: unknown[]]>> = {
  sessions: (user, { session }) => [
    `INSERT INTO sessions (id, session_key, agent_id, user_id) VALUES ($1, 'k', $2, $3)`,
    [session, AGENT, user],
  ],
  session_messages: (_, { session }) => [
    `INSERT INTO session_messages (session_id, seq, id, role, content) VALUES ($1, 1, $2, 'user', '[]')`,
    [session, newId()],
  ],
  runs: (user, { run, session }) => [
    `INSERT INTO runs (id, session_id, session_key, agent_id, agent_key, user_id, role, credential, lane, origin, state,
       operation, request) VALUES ($1, $2, 'k', $3, 'a', $4, 'operator', 'gateway-token', 'main', 'ws', 'completed', 'x', '{}')`,
    [run, session, AGENT, user],
  ],
  run_events: (_, { run }) => [
    `INSERT INTO run_events (run_id, attempt, seq, type) VALUES ($1, 1, 1, 'chunk')`,
    [run],
  ],
  traces: (user, { trace }) => [
    `INSERT INTO traces (id, user_id, start_time) VALUES ($1, $2, now())`,
    [trace, user],
  ],
  spans: (_, { trace }) => [
    `INSERT INTO spans (id, trace_id, span_type, start_time, status) VALUES ($1, $2, 'agent', now(), 'completed')`,
    [newId(), trace],
  ],
  user_context_files: (user) => [
    `INSERT INTO user_context_files (id, agent_id, user_id, file_name) VALUES ($1, $2, $3, 'USER.md')`,
    [newId(), AGENT, user],
  ],
  user_agent_profiles: (user) => [
    `INSERT INTO user_agent_profiles (agent_id, user_id) VALUES ($1, $2)`,
    [AGENT, user],
  ],
  user_agent_overrides: (user) => [
    `INSERT INTO user_agent_overrides (id, agent_id, user_id) VALUES ($1, $2, $3)`,
    [newId(), AGENT, user],
  ],
  agent_shares: (user) => [
    `INSERT INTO agent_shares (id, agent_id, user_id, granted_by) VALUES ($1, $2, $3, 'x')`,
    [newId(), AGENT, user],
  ],
  skill_user_grants: (user) => [
    `INSERT INTO skill_user_grants (id, skill_id, user_id, granted_by) VALUES ($1, $2, $3, 'x')`,
    [newId(), SKILL, user],
  ],
  mcp_user_grants: (user) => [
    `INSERT INTO mcp_user_grants (id, server_id, user_id, granted_by) VALUES ($1, $2, $3, 'x')`,
    [newId(), SERVER, user],
  ],
  mcp_access_requests: (user) => [
    `INSERT INTO mcp_access_requests (id, server_id, user_id, scope, requested_by) VALUES ($1, $2, $3, 'user', $3)`,
    [newId(), SERVER, user],
  ],
  approvals: (user) => [
    `INSERT INTO approvals (id, run_id, tool_call_id, user_id, agent_id, session_key, tool, command, place, expires_at)
     VALUES ($1, $1, 'c', $3, $2, 's', 'exec', 'ls', 'host', now())`,
    [newId(), AGENT, user],
  ],
  exec_allowances: (user) => [
    `INSERT INTO exec_allowances (id, agent_id, user_id, tool, place, entry, entry_hash, created_by)
     VALUES ($1, $2, $3, 'exec', 'host', 'ls', 'x', 'x')`,
    [newId(), AGENT, user],
  ],
  mcp_oauth_tokens: (user) => [
    `INSERT INTO mcp_oauth_tokens (id, server_id, user_id, tokens) VALUES ($1, $2, $3, 'x')`,
    [newId(), SERVER, user],
  ],
  mcp_oauth_flows: (user) => [
    `INSERT INTO mcp_oauth_flows (id, server_id, user_id, flow, state_hash, expires_at)
     VALUES ($1, $2, $3, 'x', $1::uuid::text::bytea, now())`,
    [newId(), SERVER, user],
  ],
  api_keys: (user) => [
    `INSERT INTO api_keys (id, name, key_prefix, key_hash, role, user_id, created_by) VALUES ($1, 'k', 'p', $1::uuid::text, 'viewer', $2, 'x')`,
    [newId(), user],
  ],
  paired_devices: (user) => [
    `INSERT INTO paired_devices (id, sender_id, channel, chat_id, user_id) VALUES ($1, $1::uuid::text, 'browser', 'c', $2)`,
    [newId(), user],
  ],
  pairing_requests: (user) => [
    `INSERT INTO pairing_requests (id, code, sender_id, channel, chat_id, requested_by, expires_at)
     VALUES ($1, right($1::uuid::text, 8), $1::uuid::text, 'browser', 'c', $2, now())`,
    [newId(), user],
  ],
  outbox: (user) => [
    `INSERT INTO outbox (id, channel, chat_id, user_id, message) VALUES ($1, 'telegram', 'c', $2, '{}')`,
    [newId(), user],
  ],
};

/** Tables that no user sees anything of, because their rows are nobody's or the gateway's own. */
const CLOSED = ['audit_log', 'config_secrets', 'inbound_messages'];

interface Ids {
  readonly session: string;
  readonly run: string;
  readonly trace: string;
}

describeWithPostgres('row security', () => {
  let restricted: RestrictedDatabase;
  let database: Database;
  /** A connection of the gateway's role, as an attacker would have one: without a word of what it is for. */
  let bare: Client;
  const ids: Readonly<Record<string, Ids>> = { [ANN]: makeIds(), [BOB]: makeIds() };

  beforeAll(async () => {
    restricted = await createRestrictedDatabase();
    const { dsn, migrationDsn } = restricted;
    database = await openDatabase({
      dsn,
      migrationDsn,
      dataDir: '/nowhere',
      poolSize: 4,
      clock: new SystemClock(),
    });
    await database.query(
      `INSERT INTO agents (id, agent_key, owner_id, provider, model) VALUES ($1, 'a', 'admin', 'p', 'm')`,
      [AGENT],
    );
    await database.query(
      `INSERT INTO skills (id, name, slug, owner_id, file_path) VALUES ($1, 's', 's', 'admin', '/x')`,
      [SKILL],
    );
    await database.query(
      `INSERT INTO mcp_servers (id, name, transport, created_by) VALUES ($1, 's', 'stdio', 'admin')`,
      [SERVER],
    );
    for (const user of [ANN, BOB]) {
      for (const make of Object.values(OWNED)) await database.query(...make(user, ids[user] ?? makeIds()));
    }
    bare = new Client({ connectionString: dsn });
    await bare.connect();
  });
  afterAll(async () => {
    await bare.end();
    await database.close();
    await restricted.drop();
  });

  describe.each(Object.keys(OWNED))('of %s', (table) => {
    it('shows a caller his own rows alone, whatever the statement forgets to ask', async () => {
      const all = await database.query(`SELECT * FROM ${table}`);
      const anns = await database.as(callerOf(ANN)).query(`SELECT * FROM ${table}`);
      const bobs = await database.as(callerOf(BOB)).query(`SELECT * FROM ${table}`);
      expect([anns.length, bobs.length, all.length]).toEqual([1, 1, 2]);
      expect(anns).not.toEqual(bobs);
      for (const row of anns) expect(JSON.stringify(row)).not.toContain(BOB);
    });

    it('lets a caller change and remove nothing of others', async () => {
      const eve = database.as(callerOf('tenant.c.user.eve'));
      await expect(eve.query(`DELETE FROM ${table} RETURNING 1`)).resolves.toEqual([]);
    });

    it('refuses a row for somebody else', async () => {
      const make = OWNED[table];
      const theirs = { ...ids[BOB], ...fresh(table) } as Ids;
      await expect(
        database.transactionAs(callerOf(ANN), (tx) => tx.query(...(make?.(BOB, theirs) ?? ['', []]))),
      ).rejects.toThrow(/row-level security/);
    });

    it('shows nothing where nobody says on whose behalf', async () => {
      expect((await bare.query(`SELECT * FROM ${table}`)).rows).toEqual([]);
    });
  });

  it.each(CLOSED)('shows a caller nothing of %s', async (table) => {
    await expect(database.as(callerOf(ANN)).query(`SELECT * FROM ${table}`)).resolves.toEqual([]);
  });

  it('ends with the statement: the connection does the work of the gateway again', async () => {
    for (let i = 0; i < 20; i++) {
      await Promise.all([
        database.as(callerOf(ANN)).query('SELECT * FROM sessions WHERE $1::int = $1', [i]),
        database
          .as(callerOf(BOB))
          .query(`SELECT nothing FROM sessions`)
          .catch(() => undefined),
      ]);
      expect(await database.query('SELECT * FROM sessions')).toHaveLength(2);
    }
  });

  it('is behind the stores: they find what is theirs', async () => {
    const sessions = new SessionStore(database);
    expect(await sessions.find(callerOf(ANN), 'k')).toMatchObject({ user_id: ANN, next_seq: 1 });
    expect(await sessions.count(callerOf(BOB))).toBe(1);
    expect(await sessions.list(callerOf(ANN), { limit: 10 })).toHaveLength(1);
    expect(await sessions.patch(callerOf(ANN), 'k', { label: 'Hello' })).toBe(true);
    expect(await sessions.reset(callerOf(ANN), 'k')).toBe(ids[ANN]?.session);
  });

  it('has a policy for every table with a user, and for every table that hangs on one', async () => {
    const tables = await database.query<{ name: string; forced: boolean; policies: number }>(
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
         (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
       FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('user_id', 'requested_by'))
         OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('session_id', 'run_id', 'trace_id'))
         OR c.relrowsecurity)
       ORDER BY name`,
    );
    expect(tables.map(({ name }) => name)).toEqual([...Object.keys(OWNED), ...CLOSED].toSorted());
    for (const { name, forced, policies } of tables)
      expect([name, forced, policies]).toEqual([name, true, 1]);
  });

  it('holds for the owner of the tables too', async () => {
    const owner = new Client({ connectionString: restricted.migrationDsn });
    await owner.connect();
    try {
      expect((await owner.query('SELECT * FROM sessions')).rows).toEqual([]);
    } finally {
      await owner.end();
    }
  });

  it.each([
    'UPDATE audit_log SET user_id = $$x$$',
    'DELETE FROM audit_log',
    'TRUNCATE sessions',
    'DROP TABLE sessions',
    'ALTER TABLE sessions DISABLE ROW LEVEL SECURITY',
    'DELETE FROM migrations',
    'CREATE TABLE mine (id int)',
    `UPDATE audit_head SET pruned_seq = 1; SELECT set_config('goclaw.audit_prune', 'on', false); DELETE FROM audit_log`,
  ])('leaves the gateway’s own role without the right to: %s', async (sql) => {
    await expect(bare.query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});

function makeIds(): Ids {
  return { session: newId(), run: newId(), trace: newId() };
}

/** So that not a double id but the wall refuses the row. */
function fresh(table: string): Partial<Ids> {
  const ofTable: Record<string, Partial<Ids>> = {
    sessions: { session: newId() },
    runs: { run: newId() },
    traces: { trace: newId() },
  };
  return ofTable[table] ?? {};
}
