import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { Bench } from './harness/bench.js';
import type { Measure } from './harness/measure.js';
import { asText, writeReport } from './harness/report.js';
import { throughput } from './p1-throughput.js';
import { firstToken } from './p2-first-token.js';
import { streaming } from './p3-streaming.js';
import { longSessions } from './p4-long-sessions.js';
import { idleSockets } from './p5-idle-sockets.js';
import { start } from './p6-start.js';
import { soak } from './p9-soak.js';
import { replicas } from './p10-replicas.js';
import { rowSecurity } from './rls-row-security.js';
import { toolCalls } from './t1-tool-calls.js';

const MEASURES: readonly Measure[] = [
  throughput,
  firstToken,
  streaming,
  longSessions,
  idleSockets,
  start,
  soak,
  replicas,
  rowSecurity,
  toolCalls,
];
const REPORT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const HELP = `npm run bench -- [options] [P1 P2 …]   measures the built program; all measures unless told
  --quick     short rounds, and nothing is written: to see that it works
  --verbose   profiles by function as well
The figures of what was measured are printed and replace theirs in docs/benchmarks.md.
${MEASURES.map(({ id, title }) => `  ${id}  ${title}`).join('\n')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const wanted = positionals.map((id) => id.toUpperCase());
const unknown = wanted.filter((id) => !MEASURES.some((measure) => measure.id === id));

if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no measure ${unknown.join(', ')}.\n`);
  console.log(HELP);
  process.exitCode = values.help ? 0 : 2;
} else {
  await using bench = await Bench.open(values);
  for (const measure of MEASURES.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
    const findings = await measure.run(bench);
    console.log(asText(measure, findings));
    if (!values.quick) await writeReport(REPORT, measure, findings);
  }
}
