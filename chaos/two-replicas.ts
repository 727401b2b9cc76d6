import { existsSync } from 'node:fs';
import type { Chaos } from './harness/chaos.js';
import type { Crowd } from './harness/crowd.js';
import { killAt } from './harness/kills.js';
import { Network } from './harness/network.js';
import { type Pair, startPair } from './harness/pair.js';
import type { Scenario } from './harness/scenario.js';
import { Stage } from './harness/stage.js';

const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
/** PostgreSQL notices after about this long that the other side is gone. */
const KEEP_ALIVE_MS = 10_000;
const PARTITION_MS = 30_000;
/** Longer than a lease: it lapses while the server believes in the connection. */
const LONG_PARTITION_MS = 45_000;

export const twoReplicas: Scenario = {
  name: 'two-replicas',
  title: 'Two gateways, one of them killed; clocks that differ; a partition',
  method:
    'Two gateways on one PostgreSQL behind a balancer with health checks; the clock of the first is 5 minutes ahead. At random, one of them is killed and started again. Then the first is parted from its database: for 30 s, of which PostgreSQL notices after 10 s, and for 45 s without PostgreSQL noticing; what both sides sent meanwhile arrives afterwards.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'two-replicas');
    stage.defer(database.drop);
    const network = stage.use(await Network.start(database.dsn));
    const skewed = FAKETIME && {
      LD_PRELOAD: FAKETIME,
      FAKETIME: '+5m',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    if (skewed) stage.count('clock 5 minutes ahead');
    else stage.skipped.push('clock skew: the Debian package libfaketime is missing');
    const pair = await startPair(stage, database.dsn, { dsn: network.dsn, ...(skewed && { env: skewed }) });
    const crowd = stage.crowd({ url: pair.balancer.url, people: 6, sessionsEach: 2 });
    crowd.start();
    await kills(chaos, stage, pair);
    await partition(stage, network, PARTITION_MS, KEEP_ALIVE_MS);
    chaos.progress('a partition that PostgreSQL noticed');
    if (!chaos.isShort) {
      await partition(stage, network, LONG_PARTITION_MS);
      chaos.progress('a partition that PostgreSQL did not notice');
    }
    return await ended(stage, crowd, pair);
  },
};

async function kills(chaos: Chaos, stage: Stage, { replicas }: Pair): Promise<void> {
  const count = chaos.amount(30, 3);
  for (let index = 0; index < count; index++) {
    const replica = stage.random.pick(replicas);
    await killAt(
      stage,
      replica,
      stage.random.pick(['before-ack', 'streaming', 'answered', 'random'] as const),
    );
    // It is away for a while, or comes back at once.
    if (stage.random.chance(0.5)) await stage.ledger.settled();
    await replica.start();
    await stage.ledger.settled();
    chaos.progress(`${index + 1} of ${count} kills, ${stage.ledger.entries.size} messages`);
  }
}

async function partition(stage: Stage, network: Network, ms: number, noticedMs?: number): Promise<void> {
  await stage.moments.next('streaming', ms);
  const before = stage.recoveries.resumed;
  network.part();
  stage.count(`partition of ${ms / 1_000} s`);
  const noticed = noticedMs === undefined ? undefined : setTimeout(() => network.giveUp(), noticedMs);
  await new Promise((resolve) => setTimeout(resolve, ms));
  clearTimeout(noticed);
  network.heal();
  await stage.ledger.settled();
  const taken = stage.recoveries.resumed - before;
  stage.notes.push(`${taken} runs were taken over during the partition of ${ms / 1_000} s`);
  if (taken === 0) stage.problems.push(`no run was taken over during the partition of ${ms / 1_000} s`);
}

async function ended(stage: Stage, crowd: Crowd, { workspace }: Pair) {
  await crowd.finish();
  return stage.findings(crowd, { workspace });
}
