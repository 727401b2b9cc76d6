import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Chaos } from './harness/chaos.js';
import { lineOf } from './harness/print.js';
import { writeReport } from './harness/report.js';
import { type Findings, isRight, type Scenario } from './harness/scenario.js';
import { channelPlatform, channelWithoutKeys } from './channel-platform.js';
import { crashCostOne, crashCostTwo } from './crash-cost.js';
import { kill9, kill9Embedded } from './kill-9.js';
import { postgresRestart } from './postgres-restart.js';
import { sigterm } from './sigterm.js';
import { sockets } from './sockets.js';
import { twoReplicas } from './two-replicas.js';
import { upstream } from './upstream.js';

const SCENARIOS: readonly Scenario[] = [
  kill9,
  kill9Embedded,
  postgresRestart,
  upstream,
  twoReplicas,
  sockets,
  channelPlatform,
  channelWithoutKeys,
  sigterm,
  crashCostOne,
  crashCostTwo,
];
const REPORT = fileURLToPath(new URL('../docs/chaos.md', import.meta.url));
/** Scenarios at the same time in the short form, which mostly waits, and is not quoted. */
const SHORT_PARALLEL = 3;
const SEED = 20_260_101;

const HELP = `npm run chaos -- [options]   breaks the built program in every way, and counts what is lost or comes twice
  --only <name>   this scenario alone; may be repeated
  --short         fewer faults, as in CI
  --seed <n>      what is drawn at random (default ${SEED})
  --report        writes docs/chaos.md
  --verbose       tells how far it is
${SCENARIOS.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(SEED) },
    report: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const { only, short, verbose } = values;
const seed = Number(values.seed);
const unknown = only.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));

if (values.help || unknown.length > 0 || !Number.isSafeInteger(seed)) {
  if (unknown.length > 0) console.error(`There is no scenario ${unknown.join(', ')}.\n`);
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  await using chaos = await Chaos.open({ seed, short, verbose });
  const wanted = SCENARIOS.filter(({ name }) => only.length === 0 || only.includes(name));
  const players = Array.from({ length: short ? SHORT_PARALLEL : 1 }, async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) await play(next, chaos);
  });
  await Promise.all(players);
}

async function play(scenario: Scenario, chaos: Chaos): Promise<void> {
  try {
    const findings = await scenario.run(chaos);
    console.log(lineOf(scenario, findings, seed));
    const order = SCENARIOS.map(({ name }) => name);
    if (values.report) await writeReport(REPORT, order, scenario, findings, seed);
    if (isRight(findings)) return;
    console.log(`  logs of the gateways: ${keepLogs(scenario, findings)}`);
  } catch (error) {
    console.log(`✗ ${scenario.name} could not be played to its end:`, error);
  }
  process.exitCode = 1;
}

function keepLogs({ name }: Scenario, { logs }: Findings): string {
  const path = join(tmpdir(), `goclaw-chaos-${name}-${process.pid}.log`);
  writeFileSync(path, logs);
  return path;
}
