import { randomUUID } from 'node:crypto';
import { Client, type PoolClient, type QueryConfig } from 'pg';
import { startGateway } from '../test/support/gateway/index.js';
import { startLlmProcess } from '../test/support/llm/index.js';
import { createRestrictedDatabase, type RestrictedDatabase } from '../test/support/postgres/index.js';
import type { Bench } from './harness/bench.js';
import { load, type LoadFigures, type Target } from './harness/http-load.js';
import type { Findings, Measure } from './harness/measure.js';
import { median, medianOf, percentile, spread } from './harness/statistics.js';

const CONCURRENCY = 16;
const ROUNDS = 5;
const ROUND_MS = 3_000;
/** A fresh process compiles its code while it works. */
const WARM_UP_MS = 8_000;

const SESSIONS = 20_000;
const USERS = 200;
const MESSAGES = 40;
const READS = 3_000;

const GOAL_RATE_SHARE = 0.95;

const HELD = 'held back by policies';
const FREE = 'superuser: not held back';

const USER = 'tenant.bench.user.0';

/** What stores read on behalf of a caller. */
const STATEMENTS: Readonly<Record<string, QueryConfig>> = {
  'a session by its key': {
    name: 'bench.find',
    text: 'SELECT * FROM sessions WHERE user_id = $1 AND session_key = $2',
    values: [USER, 'k0'],
  },
  'the newest 50 sessions': {
    name: 'bench.list',
    text: 'SELECT * FROM sessions WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 50',
    values: [USER],
  },
  '40 messages': {
    name: 'bench.messages',
    text: `SELECT seq, role, content FROM session_messages
           WHERE session_id = (SELECT id FROM sessions WHERE user_id = $1 AND session_key = $2) ORDER BY seq`,
    values: [USER, 'k0'],
  },
};

/** The program's own way to say on whose behalf a statement is, as it was built. */
interface ScopedQueries {
  readonly ENTER_SCOPE: string;
  readonly SYSTEM_SCOPE: string;
  readonly queryInScope: (client: PoolClient, userId: string, config: QueryConfig) => Promise<object[]>;
}
const { ENTER_SCOPE, SYSTEM_SCOPE, queryInScope } = (await import(
  new URL('../dist/src/store/database/scoped-query.js', import.meta.url).href
)) as ScopedQueries;

type Read = (client: PoolClient, config: QueryConfig) => Promise<unknown>;

const WAYS: Readonly<Record<string, { readonly role: 'superuser' | 'gateway'; readonly read: Read }>> = {
  'plain, no policies': { role: 'superuser', read: (client, config) => client.query(config) },
  'the gateway’s own work (system)': { role: 'gateway', read: (client, config) => client.query(config) },
  'as the caller, one round trip': {
    role: 'gateway',
    read: (client, config) => queryInScope(client, USER, config),
  },
  'as the caller, BEGIN … COMMIT': { role: 'gateway', read: inTransaction },
};

export const rowSecurity: Measure = {
  id: 'RLS',
  title: 'What row security costs',
  method: `Two gateways take turns: one whose role PostgreSQL holds to its policies, one whose role is a superuser, to whom policies do not apply. Runs as in P1, ${CONCURRENCY} at a time. Then single statements over one connection each, in turn, on ${SESSIONS.toLocaleString('en')} sessions of ${USERS} users.`,

  async run(bench: Bench): Promise<Findings> {
    const runs = await measureRuns(bench);
    const rate = (name: string): number => medianOf(runs.get(name), ({ perSecond }) => perSecond);
    const share = rate(HELD) / rate(FREE);
    return {
      tables: [
        {
          caption: `Runs, ${CONCURRENCY} at a time, median of the rounds`,
          columns: ['', 'runs/s', 'lowest–highest', 'p50 ms', 'p99 ms'],
          rows: [FREE, HELD].map((name) => [
            name,
            rate(name).toFixed(0),
            spread((runs.get(name) ?? []).map(({ perSecond }) => perSecond)),
            medianOf(runs.get(name), ({ p50Ms }) => p50Ms).toFixed(2),
            medianOf(runs.get(name), ({ p99Ms }) => p99Ms).toFixed(2),
          ]),
        },
        await readTable(bench),
      ],
      goals: [
        {
          goal: `runs/s with policies ≥ ${GOAL_RATE_SHARE * 100} % of those without`,
          measured: `${(share * 100).toFixed(0)} %`,
          met: share >= GOAL_RATE_SHARE,
        },
      ],
      notes: [],
    };
  },
};

async function measureRuns(bench: Bench): Promise<Map<string, LoadFigures[]>> {
  await using llm = await startLlmProcess();
  await using free = await bench.gateway(llm);
  const database = await createRestrictedDatabase();
  try {
    await using held = await startGateway({
      llm,
      dsn: database.dsn,
      env: { GOCLAW_POSTGRES_MIGRATION_DSN: database.migrationDsn },
      config: { scheduler: { lanes: { main: 256 } } },
    });
    const targets = [targetOf(FREE, free.gateway), targetOf(HELD, held)];
    for (const target of targets) await load(target, CONCURRENCY, bench.amount(WARM_UP_MS));
    const figures = new Map<string, LoadFigures[]>();
    for (let round = 1; round <= bench.rounds(ROUNDS); round++) {
      bench.progress(`RLS round ${round}`);
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        const result = await load(target, CONCURRENCY, bench.amount(ROUND_MS));
        figures.set(target.name, [...(figures.get(target.name) ?? []), result]);
      }
    }
    await held.stop();
    return figures;
  } finally {
    await database.drop();
  }
}

function targetOf(
  name: string,
  gateway: { readonly url: string; headers(user: string): Record<string, string> },
): Target {
  return {
    name,
    url: `${gateway.url}/v1/chat/completions`,
    headers: gateway.headers('bench-user'),
    body: { model: 'goclaw:default', messages: [{ role: 'user', content: 'Hi' }] },
    expected: 'Hello there.',
  };
}

async function readTable(bench: Bench): Promise<Findings['tables'][number]> {
  const database = await createRestrictedDatabase();
  try {
    await using prepared = await preparedDatabase(database);
    const rows: string[][] = [];
    for (const [what, config] of Object.entries(STATEMENTS)) {
      bench.progress(`RLS ${what}`);
      const times = await timed(bench.amount(READS), prepared, config);
      const plain = median(times.get('plain, no policies') ?? []);
      for (const [way, all] of times) {
        const p50 = median(all);
        const more = `${p50 >= plain ? '+' : ''}${((p50 - plain) * 1_000).toFixed(0)}`;
        rows.push([what, way, p50.toFixed(3), percentile(all, 0.99).toFixed(3), more]);
      }
    }
    return {
      caption: 'One statement',
      columns: ['', '', 'p50 ms', 'p99 ms', 'µs more than plain'],
      rows,
    };
  } finally {
    await database.drop();
  }
}

/** All ways in turn, another one first each time, so that what the machine does besides hits them alike. */
async function timed(
  reads: number,
  clients: Readonly<Record<'superuser' | 'gateway', PoolClient>>,
  config: QueryConfig,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(Object.keys(WAYS).map((way) => [way, []]));
  for (let i = 0; i < reads; i++) {
    const ways = Object.entries(WAYS);
    for (const [way, { role, read }] of [...ways.slice(i % ways.length), ...ways.slice(0, i % ways.length)]) {
      const began = performance.now();
      await read(clients[role], config);
      times.get(way)?.push(performance.now() - began);
    }
  }
  return times;
}

async function inTransaction(client: PoolClient, config: QueryConfig): Promise<void> {
  await client.query('BEGIN');
  await client.query({ name: 'bench.scope', text: ENTER_SCOPE, values: [USER] });
  await client.query(config);
  await client.query('COMMIT');
}

type Prepared = Readonly<Record<'superuser' | 'gateway', PoolClient>> & AsyncDisposable;

/** Migrated by a gateway's start, and filled. */
async function preparedDatabase(database: RestrictedDatabase): Promise<Prepared> {
  const gateway = await startGateway({
    dsn: database.dsn,
    env: { GOCLAW_POSTGRES_MIGRATION_DSN: database.migrationDsn },
  });
  await gateway[Symbol.asyncDispose]();
  const [superuser, client] = [database.superuserDsn, database.dsn].map(
    (connectionString) => new Client({ connectionString }),
  );
  if (!superuser || !client) throw new Error('There are no connections.');
  await superuser.connect();
  await client.connect();
  await client.query(SYSTEM_SCOPE, ['60s']);
  const agent = randomUUID();
  await superuser.query(
    `INSERT INTO agents (id, agent_key, owner_id, provider, model) VALUES ($1, 'bench', 'system', 'p', 'm')`,
    [agent],
  );
  await superuser.query(
    `INSERT INTO sessions (id, session_key, agent_id, user_id, updated_at)
     SELECT gen_random_uuid(), 'k' || i / ${USERS}, $1, 'tenant.bench.user.' || i % ${USERS}, now() - i * interval '1 s'
     FROM generate_series(0, ${SESSIONS - 1}) i`,
    [agent],
  );
  await superuser.query(
    `INSERT INTO session_messages (session_id, seq, id, role, content)
     SELECT s.id, m, gen_random_uuid(), 'user', '[{"type":"text","text":"A message."}]'
     FROM sessions s, generate_series(1, ${MESSAGES}) m`,
  );
  await superuser.query('VACUUM ANALYZE');
  return {
    superuser: superuser as unknown as PoolClient,
    gateway: client as unknown as PoolClient,
    [Symbol.asyncDispose]: async () => {
      await superuser.end();
      await client.end();
    },
  };
}
