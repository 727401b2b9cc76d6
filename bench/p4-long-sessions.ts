import { Agent } from 'node:http';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { RunningGateway } from '../test/support/gateway/index.js';
import type { Bench } from './harness/bench.js';
import { post } from './harness/http-load.js';
import type { Findings, Measure } from './harness/measure.js';
import { cpuMs } from './harness/process-usage.js';
import { SeededSessions } from './harness/seeded-sessions.js';
import { percentile } from './harness/statistics.js';

const LENGTHS = [20, 200, 2_000, 20_000];
const SESSIONS = 8;
/** Few enough that no measured turn makes a session due for compaction. */
const TURNS = 12;
const WARM_UP_TURNS = 300;
const USER = 'bench-user';

const GOAL_RATIO = 1.3;

interface Turn {
  readonly ms: number;
  readonly cpuMs: number;
}

/** What the turns of one session length cost. */
interface Turns {
  readonly first: Turn[];
  readonly later: Turn[];
}

export const longSessions: Measure = {
  id: 'P4',
  title: 'Cost of a turn by the length of its session',
  method: `Sessions of each length, ${SESSIONS} per length, as compaction leaves them: the model’s window is the last 20 messages, the rest a summary. A turn is one /v1/chat/completions with a session key, the upstream answers at once. The lengths take turns, turn by turn.`,

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess();
    await using started = await bench.gateway(llm);
    const { gateway } = started;
    const agent = new Agent({ keepAlive: true });
    const sessions = await SeededSessions.open(started.dsn, USER);
    try {
      bench.progress('P4 seeding sessions');
      const keys = new Map<number, string[]>();
      for (const length of LENGTHS)
        keys.set(length, await sessions.compacted(length, bench.amount(SESSIONS)));
      const raw = await sessions.neverCompacted(20_000);
      await sessions.settle();
      for (let at = 0; at < bench.amount(WARM_UP_TURNS); at++)
        await turn(gateway, agent, `warm-${at % 20}-${Math.floor(at / 200)}`);
      bench.progress('P4 turns');
      const costs = await measure(gateway, agent, keys);
      const before = await turn(gateway, agent, raw);
      await sessions.untilCompacted(raw);
      const after = await turn(gateway, agent, raw);
      return findings(costs, before, after);
    } finally {
      await sessions.close();
      agent.destroy();
    }
  },
};

async function measure(
  gateway: RunningGateway,
  agent: Agent,
  keys: ReadonlyMap<number, readonly string[]>,
): Promise<Map<number, Turns>> {
  const costs = new Map<number, Turns>([...keys.keys()].map((length) => [length, { first: [], later: [] }]));
  for (let at = 0; at < TURNS; at++) {
    for (let session = 0; session < SESSIONS; session++) {
      for (const [length, own] of keys) {
        const key = own[session];
        if (key === undefined) continue;
        const cost = await turn(gateway, agent, key);
        costs.get(length)?.[at === 0 ? 'first' : 'later'].push(cost);
      }
    }
  }
  return costs;
}

async function turn(gateway: RunningGateway, agent: Agent, sessionKey: string): Promise<Turn> {
  const cpu = cpuMs(gateway.pid);
  const began = performance.now();
  const { status, body } = await post(
    {
      url: `${gateway.url}/v1/chat/completions`,
      headers: { ...gateway.headers(USER), 'x-goclaw-session-key': sessionKey },
      body: { model: 'goclaw:default', messages: [{ role: 'user', content: 'And then?' }] },
    },
    agent,
  );
  if (status !== 200 || !body.includes('Hello there.'))
    throw new Error(`A turn was answered ${status}: ${body}`);
  return { ms: performance.now() - began, cpuMs: cpuMs(gateway.pid) - cpu };
}

function findings(costs: ReadonlyMap<number, Turns>, before: Turn, after: Turn): Findings {
  const p50 = (turns: readonly Turn[] = []): number =>
    percentile(
      turns.map(({ ms }) => ms),
      0.5,
    );
  const cpu = (turns: readonly Turn[] = []): number =>
    turns.reduce((sum, t) => sum + t.cpuMs, 0) / turns.length;
  const rows = [...costs].map(([length, { first, later }]) => [
    `${length.toLocaleString('en')} messages`,
    p50(later).toFixed(2),
    percentile(
      later.map(({ ms }) => ms),
      0.99,
    ).toFixed(2),
    cpu(later).toFixed(2),
    p50(first).toFixed(2),
    String(later.length),
  ]);
  const ratio = (figure: (turns: readonly Turn[]) => number, which: keyof Turns): number =>
    figure(costs.get(20_000)?.[which] ?? []) / figure(costs.get(20)?.[which] ?? []);
  const measured = { latency: ratio(p50, 'later'), cpu: ratio(cpu, 'later'), first: ratio(p50, 'first') };
  return {
    tables: [
      {
        caption: 'One turn; “first” is the first that this process sees of the session',
        columns: ['', 'p50 ms', 'p99 ms', 'gateway CPU ms', 'first: p50 ms', 'turns'],
        rows,
      },
    ],
    goals: [
      {
        goal: `a turn at 20,000 messages ≤ ${GOAL_RATIO} × one at 20`,
        measured: `${measured.latency.toFixed(2)} × (CPU ${measured.cpu.toFixed(2)} ×, first turn ${measured.first.toFixed(2)} ×)`,
        met: measured.latency <= GOAL_RATIO,
      },
    ],
    notes: [
      `A session of 20,000 messages that was never compacted (an import, say): its first turn takes ${before.ms.toFixed(0)} ms, is compacted after it, and the next takes ${after.ms.toFixed(1)} ms.`,
    ],
  };
}
