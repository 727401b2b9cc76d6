import type { Chaos } from './harness/chaos.js';
import { type KillMoment, killAt } from './harness/kills.js';
import type { Replica } from './harness/replica.js';
import type { Findings, Scenario } from './harness/scenario.js';
import { query, Stage } from './harness/stage.js';

/** Share of the kills that come again while the gateway recovers. */
const AGAIN_SHARE = 0.15;

const MOMENTS: readonly KillMoment[] = [
  'before-ack',
  'streaming',
  'tool-call',
  'compacting',
  'answered',
  'random',
];

/** Widens the gap between a tool call and its result. */
const SLOW_RESULTS = `CREATE FUNCTION slow_results() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN IF NEW.role = ''tool'' THEN PERFORM pg_sleep(0.03); END IF; RETURN NEW; END';
  CREATE TRIGGER slow_results BEFORE INSERT ON session_messages FOR EACH ROW EXECUTE FUNCTION slow_results()`;

export const kill9: Scenario = {
  name: 'kill-9',
  title: 'kill -9 on PostgreSQL',
  method:
    'One gateway is killed by SIGKILL and started again at once, at moments that are chosen by watching the model, the tools and the clients: before the acknowledgement, in a stream, between a tool call and its result, in a compaction, between the end of an answer and its commit, at random, and again during recovery.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'kill-9');
    stage.defer(database.drop);
    const replica = await stage.replica({ dsn: database.dsn });
    await replica.start();
    await query(database.dsn, SLOW_RESULTS);
    return await killed(chaos, stage, replica, { kills: chaos.amount(100, 6), people: 6, dsn: database.dsn });
  },
};

export const kill9Embedded: Scenario = {
  name: 'kill-9-embedded',
  title: 'kill -9 on the embedded database',
  method: 'The same on the embedded database, with fewer kills.',
  run: async (chaos) => {
    await using stage = await Stage.open(chaos, 'kill-9-embedded');
    const replica = await stage.replica();
    await replica.start();
    return await killed(chaos, stage, replica, { kills: chaos.amount(15, 2), people: 3 });
  },
};

interface Round {
  readonly kills: number;
  readonly people: number;
  readonly dsn?: string;
}

async function killed(
  chaos: Chaos,
  stage: Stage,
  replica: Replica,
  { kills, people, dsn }: Round,
): Promise<Findings> {
  const { random, ledger } = stage;
  const crowd = stage.crowd({ url: replica.url, people, sessionsEach: 2 });
  crowd.start();
  const rounds = Array.from({ length: Math.ceil(kills / MOMENTS.length) }, () => random.shuffled(MOMENTS));
  for (const [index, moment] of rounds.flat().slice(0, kills).entries()) {
    await killAt(stage, replica, moment, { dsn });
    await replica.start();
    if (random.chance(AGAIN_SHARE)) {
      await killAt(stage, replica, 'streaming', { name: 'recovering' });
      await replica.start();
    }
    // A run that is killed three times is given up, as it should be.
    await ledger.settled();
    chaos.progress(`${index + 1} of ${kills} kills, ${ledger.entries.size} messages`);
  }
  await crowd.finish();
  return stage.findings(crowd, { workspace: replica.gateway.workspace });
}
