import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../test/support/gateway/index.js';
import type { Bench } from './harness/bench.js';
import { startProgram } from './harness/child-process.js';
import { compileScript } from './harness/compile.js';
import type { Findings, Measure } from './harness/measure.js';
import { megabytes, residentBytes } from './harness/process-usage.js';
import { median, medianOf, spread } from './harness/statistics.js';

const ROUNDS = 5;
/** Quiet time before memory is read. */
const SETTLE_MS = 3_000;

const GOAL_RATIO = 1.5;
const GOAL_MORE_BYTES = 60 * 1_024 ** 2;

/** One start of a program. */
interface Start {
  readonly ms: number;
  readonly residentBytes: number;
  /** Duration of each step that the gateway logged. */
  readonly steps: ReadonlyMap<string, number>;
}

/** Where a program keeps its data. */
interface Place {
  readonly dsn?: string;
  readonly dataDir: string;
}

type Starter = (place: Place) => Promise<Start>;

const KINDS = [
  { name: 'PostgreSQL, database there', embedded: false, fresh: false },
  { name: 'PostgreSQL, new database', embedded: false, fresh: true },
  { name: 'embedded, database there', embedded: true, fresh: false },
  { name: 'embedded, new database', embedded: true, fresh: true },
] as const;

type Kind = (typeof KINDS)[number];

interface Starts {
  readonly kind: Kind;
  readonly minimal: Start[];
  readonly ours: Start[];
}

export const start: Measure = {
  id: 'P6',
  title: 'Cold start and idle memory',
  method: `From spawning the process to the first 200 of /health; resident memory ${SETTLE_MS / 1_000} s later. “Minimal” is bench/minimal-app.ts: Nest, Fastify and TypeORM with one table and one route, on the same database.`,

  async run(bench: Bench): Promise<Findings> {
    const script = compileScript('minimal-app.ts');
    const minimal: Starter = (where) => startMinimal(script, where);
    const results: Starts[] = [];
    for (const kind of KINDS) {
      bench.progress(`P6 ${kind.name}`);
      const starts: Starts = { kind, minimal: [], ours: [] };
      await using kept = await place(bench, kind);
      await using keptMinimal = await place(bench, kind);
      if (!kind.fresh) {
        await minimal(keptMinimal);
        await startOurs(kept);
      }
      for (let round = 0; round < bench.rounds(ROUNDS); round++) {
        starts.minimal.push(await once(bench, kind, keptMinimal, minimal));
        starts.ours.push(await once(bench, kind, kept, startOurs));
      }
      results.push(starts);
    }
    return findings(results);
  },
};

async function once(bench: Bench, kind: Kind, kept: Place, starter: Starter): Promise<Start> {
  if (!kind.fresh) return starter(kept);
  await using fresh = await place(bench, kind);
  return await starter(fresh);
}

async function place(bench: Bench, { embedded }: Kind): Promise<Place & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'goclaw-bench-'));
  const database = embedded ? undefined : await bench.database();
  return {
    dataDir,
    ...(database && { dsn: database.dsn }),
    [Symbol.asyncDispose]: async () => {
      await database?.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startOurs({ dataDir, dsn }: Place): Promise<Start> {
  const began = performance.now();
  await using gateway = await startGateway({ dataDir, ...(dsn !== undefined && { dsn }) });
  await requireHealthy(gateway.url);
  const ms = performance.now() - began;
  return { ms, residentBytes: await idleBytes(gateway.pid), steps: stepsIn(gateway.logs) };
}

async function startMinimal(script: string, { dataDir, dsn }: Place): Promise<Start> {
  const began = performance.now();
  await using app = await startProgram({
    args: [script],
    env: dsn === undefined ? { MINIMAL_DATA_DIR: join(dataDir, 'pgdata') } : { MINIMAL_DSN: dsn },
    ready: /listening on (\S+)/,
  });
  await requireHealthy(app.url);
  const ms = performance.now() - began;
  return { ms, residentBytes: await idleBytes(app.pid), steps: new Map() };
}

function requireHealthy(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/health`, { agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`/health answered ${response.statusCode}`));
    });
    request.on('error', reject);
  });
}

async function idleBytes(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return residentBytes(pid);
}

/** The gateway logs each step of its start with its time: `database (123 ms)`. */
function stepsIn(logs: string): ReadonlyMap<string, number> {
  const steps = logs.matchAll(
    /"context":"Start"[^\n]*"msg":"([a-z ]+) \((\d+) ms\)"|"msg":"([a-z ]+) \((\d+) ms\)"/g,
  );
  return new Map([...steps].map(([, a, aMs, b, bMs]) => [a ?? b ?? '', Number(aMs ?? bMs)]));
}

function findings(results: readonly Starts[]): Findings {
  const rows = results.flatMap(({ kind, minimal, ours }) =>
    (
      [
        [`minimal, ${kind.name}`, minimal],
        [`GoClaw, ${kind.name}`, ours],
      ] as const
    ).map(([name, starts]) => [
      name,
      medianOf(starts, (s) => s.ms).toFixed(0),
      spread(starts.map((s) => s.ms)),
      megabytes(medianOf(starts, (s) => s.residentBytes)),
    ]),
  );
  return {
    tables: [
      {
        caption: 'Median of the rounds',
        columns: ['', 'first 200 after ms', 'lowest–highest', 'idle memory'],
        rows,
      },
    ],
    goals: results.flatMap(goalsOf),
    notes: [],
  };
}

function goalsOf({ kind, minimal, ours }: Starts): Findings['goals'] {
  const ratio = medianOf(ours, (s) => s.ms) / medianOf(minimal, (s) => s.ms);
  const more = medianOf(ours, (s) => s.residentBytes) - medianOf(minimal, (s) => s.residentBytes);
  return [
    {
      goal: `${kind.name}: ≤ ${GOAL_RATIO} × the minimal app’s time`,
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio <= GOAL_RATIO,
      because: whatTook(ours),
    },
    {
      goal: `${kind.name}: ≤ its memory + ${megabytes(GOAL_MORE_BYTES)}`,
      measured: `${more < 0 ? '' : '+ '}${megabytes(more)}`,
      met: more <= GOAL_MORE_BYTES,
    },
  ];
}

/** Where the time of a start goes, by the gateway's own log. */
function whatTook(starts: readonly Start[]): string {
  const names = [...(starts[0]?.steps.keys() ?? [])];
  const steps = names.map(
    (name) => [name, median(starts.map(({ steps: own }) => own.get(name) ?? 0))] as const,
  );
  const logged = steps.reduce((sum, [, ms]) => sum + ms, 0);
  const loading = medianOf(starts, (s) => s.ms) - logged;
  const parts = [['loading code', loading] as const, ...steps].filter(([, ms]) => ms >= 10);
  return parts.map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`).join(', ');
}
