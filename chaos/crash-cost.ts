import { median } from '../bench/harness/statistics.js';
import type { Chaos } from './harness/chaos.js';
import type { Crowd } from './harness/crowd.js';
import { startPair } from './harness/pair.js';
import type { Replica } from './harness/replica.js';
import type { Findings, Scenario } from './harness/scenario.js';
import { Stage } from './harness/stage.js';

const DELTA_MS = 100;
/** A run that the other gateway had is not interrupted; so often it is tried for one measurement at most. */
const TRIES_MAX = 6;

export const crashCostOne: Scenario = {
  name: 'crash-cost-one',
  title: 'What a crash costs a user: one gateway',
  method:
    'Somebody with the client library as it is reads an answer while the gateway is killed, and started again at once. Measured from the kill to the first event of the continued run.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'crash-cost-one');
    stage.defer(database.drop);
    const replica = await stage.replica({ dsn: database.dsn });
    await replica.start();
    const crowd = slowCrowd(stage, replica.url);
    for (let round = 0; round < rounds(chaos); round++)
      await crash(stage, crowd, replica, () => replica.start());
    return await costs(stage, crowd);
  },
};

export const crashCostTwo: Scenario = {
  name: 'crash-cost-two',
  title: 'What a crash costs a user: two gateways',
  method: 'The same with two gateways behind a balancer; the one that had the run comes back afterwards.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'crash-cost-two');
    stage.defer(database.drop);
    const { replicas, balancer } = await startPair(stage, database.dsn);
    const crowd = slowCrowd(stage, balancer.url);
    const wanted = rounds(chaos);
    for (let tries = 0; stage.recoveries.timesMs.length < wanted && tries < wanted * TRIES_MAX; tries++) {
      const replica = stage.random.pick(replicas);
      await crash(stage, crowd, replica);
      await replica.start();
    }
    return await costs(stage, crowd);
  },
};

function rounds(chaos: Chaos): number {
  return chaos.amount(20, 3);
}

/** One person who reads slow answers. */
function slowCrowd(stage: Stage, url: string): Crowd {
  const { model } = stage;
  model.interfere = (message) => model.answer(message, { delayMs: DELTA_MS });
  return stage.crowd({ url, people: 1, sessionsEach: 1, kind: 'plain', usualReconnect: true });
}

async function crash(
  stage: Stage,
  crowd: Crowd,
  replica: Replica,
  then: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const shown = stage.moments.next('text-shown', DELTA_MS * 100);
  for (const conversation of crowd.conversations) await conversation.write();
  await shown;
  const dead = replica.kill();
  stage.recoveries.killed();
  await dead;
  await then();
  await stage.ledger.settled();
  stage.count('kill');
}

async function costs(stage: Stage, crowd: Crowd): Promise<Findings> {
  const { timesMs } = stage.recoveries;
  if (timesMs.length === 0) stage.problems.push('no run was seen to go on');
  const [middle, most] = [median(timesMs), Math.max(...timesMs)].map((ms) => Math.round(ms));
  stage.notes.push(
    `${timesMs.length} interrupted answers went on after ${middle} ms in the median, ${most} ms at most`,
  );
  return stage.findings(crowd);
}
