import { Client } from 'pg';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { RunningGateway } from '../test/support/gateway/index.js';
import type { Bench } from './harness/bench.js';
import { load, type LoadFigures, type Target } from './harness/http-load.js';
import type { Findings, Goal, Measure } from './harness/measure.js';
import { cpuMs, megabytes, parentOf, residentBytes, withChildren } from './harness/process-usage.js';
import { profileWhile } from './harness/profile.js';
import { PROXY, startProxy, throughProxy } from './harness/proxy.js';
import type { Table } from './harness/table.js';
import { median, medianOf, percentile, spread } from './harness/statistics.js';

const CONCURRENCIES = [1, 16, 64];
const ROUNDS = 5;
const ROUND_MS = 2_000;
/** A fresh process compiles its code while it works: after so long most of it is done. */
const WARM_UP_MS = 20_000;
const PROFILE_MS = 5_000;
const COMMITS = 200;

const GOAL_PER_SECOND = 800;
const GOAL_ADDED_MS = 3;

const DIRECT = 'the upstream directly';
const GATEWAY = 'GoClaw';

export const throughput: Measure = {
  id: 'P1',
  title: 'Runs through /v1/chat/completions',
  method:
    'One LLM call a run, the upstream answers at once, managed mode. Client, upstream, gateway and PostgreSQL (durable) share the machine. The rounds of the three take turns.',

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess();
    await using started = await bench.gateway(llm);
    await using proxy = await startProxy();
    const targets: Target[] = [
      chatTarget(DIRECT, `${llm.openaiUrl}/chat/completions`, { authorization: 'Bearer any' }),
      gatewayTarget(started.gateway),
      chatTarget(PROXY, throughProxy(proxy, llm.openaiUrl).url, throughProxy(proxy, llm.openaiUrl).headers),
    ];
    for (const target of targets) await load(target, 16, bench.amount(WARM_UP_MS));
    const server = await serverProcess(started.dsn);
    const processes: Processes = new Map([
      ['gateway or proxy', () => [started.gateway.pid, proxy.pid]],
      ['PostgreSQL', () => withChildren(server)],
      ['upstream', () => [llm.pid]],
      ['client', () => [process.pid]],
    ]);
    const figures = await measure(bench, started.dsn, targets, processes);
    const memory = [
      `${GATEWAY} ${megabytes(residentBytes(started.gateway.pid))}`,
      `${PROXY} ${megabytes(residentBytes(proxy.pid))}`,
    ];
    return {
      tables: [throughputTable(figures), processorTable(figures, [...processes.keys()])],
      goals: goals(figures, await profiled(bench, started.gateway)),
      notes: [
        `One INSERT, committed: p50 ${figures.commitMs.toFixed(2)} ms. Resident memory after the load: ${memory.join(', ')}.`,
      ],
    };
  },
};

/** One target at one concurrency in one round. */
interface Round extends LoadFigures {
  /** Processor time per run of each process that had a part in it. */
  readonly cpuMs: ReadonlyMap<string, number>;
}

/** Who has a part in a run, with its processes as they are now. */
type Processes = ReadonlyMap<string, () => readonly number[]>;

interface Figures {
  readonly rounds: ReadonlyMap<string, readonly Round[]>;
  readonly commitMs: number;
}

async function measure(
  bench: Bench,
  dsn: string,
  targets: readonly Target[],
  processes: Processes,
): Promise<Figures> {
  const figures = new Map<string, Round[]>();
  const commits: number[] = [];
  const rounds = bench.rounds(ROUNDS);
  for (let round = 1; round <= rounds; round++) {
    bench.progress(`P1 round ${round} of ${rounds}`);
    commits.push(await commitTime(dsn));
    for (const concurrency of CONCURRENCIES) {
      for (const target of targets) {
        const before = cpuOf(processes);
        const result = await load(target, concurrency, bench.amount(ROUND_MS));
        const perRun = [...cpuOf(processes)].map(([name, pids]) => {
          const used = [...pids].map(([pid, ms]) => ms - (before.get(name)?.get(pid) ?? 0));
          return [name, used.reduce((sum, ms) => sum + ms, 0) / result.count] as const;
        });
        const key = keyOf(target.name, concurrency);
        figures.set(key, [...(figures.get(key) ?? []), { ...result, cpuMs: new Map(perRun) }]);
      }
    }
  }
  return { rounds: figures, commitMs: median(commits) };
}

/** Processor time so far, by process and pid: backends of a server come and go. */
function cpuOf(processes: Processes): Map<string, Map<number, number>> {
  return new Map(
    [...processes].map(([name, pids]) => [name, new Map(pids().map((pid) => [pid, cpuMs(pid)]))]),
  );
}

function throughputTable({ rounds }: Figures): Table {
  const rate = (name: string, at: number): number =>
    medianOf(rounds.get(keyOf(name, at)), (r) => r.perSecond);
  const rows = CONCURRENCIES.flatMap((at) =>
    [DIRECT, GATEWAY, PROXY].map((name) => {
      const own = rounds.get(keyOf(name, at)) ?? [];
      return [
        `${name}, ${at} at a time`,
        rate(name, at).toFixed(0),
        spread(own.map((r) => r.perSecond)),
        medianOf(own, (r) => r.p50Ms).toFixed(2),
        medianOf(own, (r) => r.p99Ms).toFixed(2),
        `${((100 * rate(name, at)) / rate(PROXY, at)).toFixed(0)} %`,
      ];
    }),
  );
  const columns = ['', 'runs/s', 'lowest–highest', 'p50 ms', 'p99 ms', 'of the proxy’s rate'];
  return { caption: 'Median of the rounds', columns, rows };
}

/** The rate that the machine could reach is its processors divided by the sum of a row. */
function processorTable({ rounds }: Figures, processes: readonly string[]): Table {
  const rows = [DIRECT, GATEWAY, PROXY].map((name) => {
    const own = rounds.get(keyOf(name, 16)) ?? [];
    return [name, ...processes.map((process) => medianOf(own, (r) => r.cpuMs.get(process) ?? 0).toFixed(2))];
  });
  return { caption: 'Processor time per run in ms, 16 at a time', columns: ['', ...processes], rows };
}

function goals({ rounds, commitMs }: Figures, because: string): Goal[] {
  const rate = (name: string): number => medianOf(rounds.get(keyOf(name, 16)), (r) => r.perSecond);
  const p50 = (name: string): number => medianOf(rounds.get(keyOf(name, 1)), (r) => r.p50Ms);
  const added = p50(GATEWAY) - p50(DIRECT);
  const allowed = GOAL_ADDED_MS + 2 * commitMs;
  return [
    {
      goal: `≥ ${GOAL_PER_SECOND} runs/s, 16 at a time`,
      measured: `${rate(GATEWAY).toFixed(0)} runs/s`,
      met: rate(GATEWAY) >= GOAL_PER_SECOND,
      because,
    },
    {
      goal: `p50 added, 1 at a time, ≤ ${GOAL_ADDED_MS} ms and two commits (${allowed.toFixed(2)} ms)`,
      measured: `${added.toFixed(2)} ms`,
      met: added <= allowed,
      because,
    },
    {
      goal: 'ambition: the proxy’s own rate, 16 at a time',
      measured: `${((100 * rate(GATEWAY)) / rate(PROXY)).toFixed(0)} %`,
      met: rate(GATEWAY) >= rate(PROXY),
      because,
    },
  ];
}

async function profiled(bench: Bench, gateway: RunningGateway): Promise<string> {
  const { summary, functions } = await profileWhile(gateway, () =>
    load(gatewayTarget(gateway), 16, bench.amount(PROFILE_MS)),
  );
  bench.detail('P1, the gateway’s processor time by function', functions);
  return `the gateway’s processor time goes to ${summary}`;
}

/** What one durable commit costs here and now. */
async function commitTime(dsn: string): Promise<number> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS bench_commits (id bigserial PRIMARY KEY, payload jsonb NOT NULL)',
    );
    const insert = { name: 'bench.commit', text: 'INSERT INTO bench_commits (payload) VALUES ($1)' };
    const times: number[] = [];
    for (let at = 0; at < COMMITS; at++) {
      const began = performance.now();
      await client.query(insert, [JSON.stringify({ text: 'x'.repeat(500) })]);
      times.push(performance.now() - began);
    }
    return percentile(times, 0.5);
  } finally {
    await client.end();
  }
}

function gatewayTarget(gateway: RunningGateway): Target {
  return chatTarget(GATEWAY, `${gateway.url}/v1/chat/completions`, gateway.headers('bench-user'));
}

function chatTarget(name: string, url: string, headers: Readonly<Record<string, string>>): Target {
  const body = {
    model: name === GATEWAY ? 'goclaw:default' : 'scripted',
    messages: [{ role: 'user', content: 'Hi' }],
  };
  return { name, url, headers, body, expected: 'Hello there.' };
}

function keyOf(name: string, concurrency: number): string {
  return `${name} ${concurrency}`;
}

/** The pid of the database's server. */
async function serverProcess(dsn: string): Promise<number> {
  const client = new Client({ connectionString: dsn });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = parentOf(rows[0]?.pid ?? 0);
  await client.end();
  return server;
}
