import { type PrivateCluster, startOwnPostgres } from '../test/support/postgres/index.js';
import type { Scenario } from './harness/scenario.js';
import { query, Stage } from './harness/stage.js';

/** So few that runs wait for a connection all the time. */
const POOL_SIZE = 2;
const AWAY_MAX_MS = 3_000;
const FULL_MS = 1_500;
const SLOW_MS = 3_000;

/** Every write fails as it does when the disk is full, or takes its time. */
const TROUBLE = {
  'disk full': {
    ms: FULL_MS,
    body: `RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'`,
  },
  'slow writes': { ms: SLOW_MS, body: `PERFORM pg_sleep(0.05 + random() * 0.2)` },
} as const;

/** Called before every write of a run. It is replaced, never its triggers: those would need locks on the tables. */
function troubleFunction(body: string): string {
  return `CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ${body}; RETURN NEW; END$$`;
}

const TABLES = ['runs', 'session_messages', 'run_events', 'sessions'];

export const postgresRestart: Scenario = {
  name: 'postgres-restart',
  title: 'PostgreSQL stopped and started, its disk full, its writes slow',
  method: `PostgreSQL (durable) is stopped during runs, “fast” and “immediate” in turn, and started up to ${AWAY_MAX_MS / 1_000} s later; for ${FULL_MS / 1_000} s every write fails as on a full disk; for ${SLOW_MS / 1_000} s every write takes 50 to 250 ms. All that with a pool of ${POOL_SIZE} connections for 12 conversations.`,
  run: async (chaos) => {
    const cluster = await startOwnPostgres({ durable: true });
    await using stage = await Stage.open(chaos, 'postgres-restart');
    stage.defer(cluster.stop);
    const replica = await stage.replica({
      dsn: cluster.dsn,
      config: { database: { pool_size: POOL_SIZE } },
    });
    await replica.start();
    await query(cluster.dsn, troubleFunction('NULL'));
    for (const table of TABLES)
      await query(
        cluster.dsn,
        `CREATE TRIGGER trouble BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION trouble()`,
      );
    const { pid } = replica.gateway;
    const crowd = stage.crowd({ url: replica.url, people: 6, sessionsEach: 2 });
    crowd.start();
    const rounds = chaos.amount(8, 1);
    for (let round = 0; round < rounds; round++) {
      for (const how of ['fast', 'immediate'] as const) await restart(stage, cluster, how);
      for (const trouble of ['disk full', 'slow writes'] as const)
        await inTrouble(stage, cluster.dsn, trouble);
      chaos.progress(`${round + 1} of ${rounds} rounds, ${stage.ledger.entries.size} messages`);
    }
    await crowd.finish();
    if (replica.gateway.pid !== pid || !(await isReady(replica.url)))
      stage.problems.push('the gateway did not last');
    return await stage.findings(crowd, { workspace: replica.gateway.workspace });
  },
};

async function restart(stage: Stage, cluster: PrivateCluster, how: 'fast' | 'immediate'): Promise<void> {
  await stage.moments.next(
    stage.random.pick(['before-ack', 'streaming', 'tool-call', 'answered']),
    AWAY_MAX_MS,
  );
  await cluster.halt(how);
  await new Promise((resolve) => setTimeout(resolve, stage.random.int(0, AWAY_MAX_MS)));
  await cluster.resume();
  stage.count(`restart, ${how}`);
  await stage.ledger.settled();
}

async function inTrouble(stage: Stage, dsn: string, what: keyof typeof TROUBLE): Promise<void> {
  const { ms, body } = TROUBLE[what];
  await query(dsn, troubleFunction(body));
  await new Promise((resolve) => setTimeout(resolve, ms));
  await query(dsn, troubleFunction('NULL'));
  stage.count(what);
  await stage.ledger.settled();
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`);
  return response.ok;
}
