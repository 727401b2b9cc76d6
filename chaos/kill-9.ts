import type { Chaos } from './harness/chaos.js';
import type { Moment } from './harness/moments.js';
import type { Replica } from './harness/replica.js';
import type { Findings, Scenario } from './harness/scenario.js';
import { query, Stage } from './harness/stage.js';

/** A moment that does not come within this is not hit. */
const MOMENT_LIMIT_MS = 10_000;
/** Share of the kills that come again while the gateway recovers. */
const AGAIN_SHARE = 0.15;
/** Longest wait after a moment, so that it is not always its very beginning that is hit. */
const AFTER_MOMENT_MAX_MS = 4;
const RANDOM_MAX_MS = 1_500;

type KillMoment = Moment | 'random';

const MOMENTS: readonly KillMoment[] = [
  'before-ack',
  'streaming',
  'tool-call',
  'compacting',
  'answered',
  'random',
];

export const kill9: Scenario = {
  name: 'kill-9',
  title: 'kill -9 on PostgreSQL',
  method:
    'One gateway is killed by SIGKILL and started again at once, at moments that are chosen by watching the model, the tools and the clients: before the acknowledgement, in a stream, between a tool call and its result, in a compaction, between the end of an answer and its commit, at random, and again during recovery.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'kill-9');
    stage.defer(database.drop);
    // Widens the gap between a call and its result.
    const slow = `CREATE FUNCTION slow_results() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN IF NEW.role = ''tool'' THEN PERFORM pg_sleep(0.03); END IF; RETURN NEW; END';
      CREATE TRIGGER slow_results BEFORE INSERT ON session_messages FOR EACH ROW EXECUTE FUNCTION slow_results()`;
    const replica = await stage.replica({ dsn: database.dsn });
    await replica.start();
    await query(database.dsn, slow);
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
  const plan = Array.from({ length: Math.ceil(kills / MOMENTS.length) }, () =>
    random.shuffled(MOMENTS),
  ).flat();
  for (const [index, moment] of plan.slice(0, kills).entries()) {
    await kill(stage, replica, moment, dsn);
    await replica.start();
    if (random.chance(AGAIN_SHARE)) {
      await kill(stage, replica, 'streaming', dsn, 'recovering');
      await replica.start();
    }
    // A run that is killed three times is given up, as it should be.
    await ledger.settled();
    chaos.progress(`${index + 1} of ${kills} kills, ${ledger.entries.size} messages`);
  }
  await crowd.finish();
  return stage.findings(crowd, { workspace: replica.gateway.workspace });
}

async function kill(
  stage: Stage,
  replica: Replica,
  moment: KillMoment,
  dsn: string | undefined,
  name: string = moment,
): Promise<void> {
  const { random, moments, ledger } = stage;
  const pause = random.int(0, moment === 'random' ? RANDOM_MAX_MS : AFTER_MOMENT_MAX_MS);
  const came = moment === 'random' || (await moments.next(moment, MOMENT_LIMIT_MS));
  if (moment === 'random' || moment === 'streaming' || moment === 'answered')
    await new Promise((resolve) => setTimeout(resolve, pause));
  const isUnacknowledged = ledger.waiting.some(({ isAccepted }) => !isAccepted);
  const dead = replica.kill();
  stage.recoveries.killed();
  await dead;
  const isHit =
    moment === 'tool-call' && dsn !== undefined
      ? await hasOpenCall(dsn)
      : came && (moment !== 'before-ack' || isUnacknowledged);
  stage.count(isHit ? `kill ${name}` : 'kill beside its moment');
}

/** Whether a run was interrupted between a tool call and its result. */
async function hasOpenCall(dsn: string): Promise<boolean> {
  const rows = await query(
    dsn,
    `SELECT FROM session_messages AS call JOIN runs ON runs.id = call.run_id AND runs.state = 'running'
     WHERE call.tool_calls IS NOT NULL AND jsonb_array_length(call.tool_calls) > 0 AND NOT EXISTS (
       SELECT FROM session_messages AS result
       WHERE result.session_id = call.session_id AND result.seq > call.seq)`,
  );
  return rows.length > 0;
}
