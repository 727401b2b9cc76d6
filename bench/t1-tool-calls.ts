import { randomUUID } from 'node:crypto';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolExecutor, ToolRegistry } from '#tools';
import type { loadAppConfig } from '../src/app.config.js';
import type { startApp } from '../src/start-app.js';
import type { Bench } from './harness/bench.js';
import type { Findings, Measure } from './harness/measure.js';
import { medianOf, percentile, spread } from './harness/statistics.js';

const ROUNDS = 7;
const CALLS = 4_000;
const PARALLEL = 1_000;
/** What each of the parallel calls returns; the executor hands on 64 KiB of it. */
const OUTPUT_BYTES = 1024 * 1024;
const FILE_BYTES = 4 * 1024;

const GOAL_ADDED_MS = 0.1;
const GOAL_MEMORY_MB = 400;

type Args = Readonly<Record<string, unknown>>;
type Executor = InstanceType<typeof ToolExecutor>;
type Registry = InstanceType<typeof ToolRegistry>;
type Tool = ReturnType<Registry['list']>[number]['tool'];
type CallContext = Parameters<Executor['execute']>[2];

/** One way to make a call, and what it took, in microseconds. */
interface Way {
  readonly name: string;
  readonly call: () => Promise<{ readonly isError: boolean }>;
}

export const toolCalls: Measure = {
  id: 'T1',
  title: 'What a tool call costs',
  method: `In the process of a started gateway: a tool called directly, and through the executor (policy, arguments, limits, time limit, scrubbing, cap), in turn, ${CALLS.toLocaleString('en')} times a round. Then ${PARALLEL.toLocaleString('en')} calls at once whose results are ${OUTPUT_BYTES / 1024 / 1024} MB each, and as many commands.`,

  async run(bench: Bench): Promise<Findings> {
    await using started = await startInProcess();
    const { executor, registry, context } = started;
    registry.register(NOOP, { execute: () => Promise.resolve(result('done')) }, 'bench');
    const rows: string[][] = [];
    let added = 0;
    for (const [name, args] of [
      ['bench_noop', { path: 'x' }],
      ['read_file', { path: 'notes.txt' }],
      ['list_files', { path: '.' }],
    ] as const) {
      const figures = await inTurn(bench, name, waysOf(registry, executor, context, name, args));
      const direct = medianOf(figures.get('direct'), (us) => us);
      for (const [way, all] of figures) {
        const p50 = medianOf(all, (us) => us);
        if (way !== 'direct') added = Math.max(added, p50 - direct);
        rows.push([
          name,
          way,
          p50.toFixed(1),
          spread(all, 1),
          way === 'direct' ? '' : `+${(p50 - direct).toFixed(1)}`,
        ]);
      }
    }
    return findingsOf(rows, added, await atOnce(started, FLOOD), await atOnce(started, COMMAND));
  },
};

interface AtOnce {
  readonly ms: number;
  readonly peakMb: number;
  readonly failed: number;
}

function findingsOf(rows: string[][], addedUs: number, flood: AtOnce, commands: AtOnce): Findings {
  const count = PARALLEL.toLocaleString('en');
  const row = (name: string, { ms, peakMb, failed }: AtOnce): string[] => [
    name,
    ms.toFixed(0),
    `${peakMb.toFixed(0)} MB`,
    String(failed),
  ];
  return {
    tables: [
      { caption: 'One call', columns: ['', '', 'p50 µs', 'lowest–highest', 'more than direct'], rows },
      {
        caption: `${count} calls at once, each with ${OUTPUT_BYTES / 1024 / 1024} MB of output`,
        columns: ['', 'all done after ms', 'peak memory more', 'failed'],
        rows: [row('a tool of the program', flood), row('exec on the host', commands)],
      },
    ],
    goals: [
      {
        goal: `a call through the executor costs ≤ ${GOAL_ADDED_MS} ms more than the function`,
        measured: `${(addedUs / 1_000).toFixed(3)} ms`,
        met: addedUs / 1_000 <= GOAL_ADDED_MS,
      },
      {
        goal: `${count} commands with ${((PARALLEL * OUTPUT_BYTES) / 1024 ** 3).toFixed(1)} GB of output together: ≤ ${GOAL_MEMORY_MB} MB more`,
        measured: `${commands.peakMb.toFixed(0)} MB`,
        met: commands.peakMb <= GOAL_MEMORY_MB && commands.failed === 0,
      },
    ],
    notes: [],
  };
}

const FLOOD = { name: 'bench_flood', arguments: {} };
const COMMAND = { name: 'exec', arguments: { command: `head -c ${OUTPUT_BYTES} /dev/zero | tr '\\0' x` } };

const NOOP = spec('bench_noop', { path: { type: 'string' } });

function spec(name: string, properties: object) {
  const parameters = { type: 'object', properties, additionalProperties: false };
  return { name, description: name, parameters, groups: [], repeatable: true };
}

function result(text: string) {
  return { content: [{ type: 'text' as const, text }], isError: false };
}

function waysOf(
  registry: Registry,
  executor: Executor,
  context: CallContext,
  name: string,
  args: Args,
): Way[] {
  const tool = present(registry.get(name)).tool;
  const { run, workspace } = context;
  const given = { run, workspace, toolCallId: 'c', signal: run.signal, show: () => undefined };
  return [
    { name: 'direct', call: () => tool.execute(args, given) },
    {
      name: 'executor',
      call: async () => (await executor.execute({ id: 'c', name, arguments: args }, {}, context)).result,
    },
  ];
}

/** Median of each round, in microseconds, by way. */
async function inTurn(bench: Bench, what: string, ways: readonly Way[]): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < bench.rounds(ROUNDS); round++) {
    bench.progress(`T1 ${what}, round ${round + 1}`);
    const times = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
    for (let i = 0; i < bench.amount(CALLS); i++) {
      for (const { name, call } of i % 2 === 0 ? ways : ways.toReversed()) {
        const began = performance.now();
        const { isError } = await call();
        times.get(name)?.push((performance.now() - began) * 1_000);
        if (isError) throw new Error(`${what} failed`);
      }
    }
    for (const [name, all] of times) figures.get(name)?.push(percentile(all, 0.5));
  }
  return figures;
}

async function atOnce(
  { executor, registry, context }: InProcess,
  call: { readonly name: string; readonly arguments: Args },
): Promise<AtOnce> {
  if (!registry.get('bench_flood')) {
    const tool: Tool = { execute: () => Promise.resolve(result('x'.repeat(OUTPUT_BYTES))) };
    registry.register(spec('bench_flood', {}), tool, 'bench');
  }
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  const began = performance.now();
  const one = async (_: unknown, at: number): Promise<boolean> => {
    const outcome = await executor.execute({ id: `c${at}`, ...call }, {}, context);
    peak = Math.max(peak, process.memoryUsage.rss());
    return outcome.result.isError;
  };
  const failed = (await Promise.all(Array.from({ length: PARALLEL }, one))).filter(Boolean).length;
  clearInterval(watch);
  return { ms: performance.now() - began, peakMb: (peak - before) / 1024 ** 2, failed };
}

interface InProcess extends AsyncDisposable {
  readonly executor: Executor;
  readonly registry: Registry;
  readonly context: CallContext;
}

/** The built gateway, in this process: what its tools cost cannot be told apart from outside. */
async function startInProcess(): Promise<InProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'goclaw-bench-'));
  const root = join(directory, 'workspace');
  await mkdir(root);
  await writeFile(join(root, 'notes.txt'), 'A line of notes.\n'.repeat(FILE_BYTES / 17));
  const path = join(directory, 'config.json');
  await writeFile(path, JSON.stringify({ gateway: { port: 0 }, discovery: { enabled: false } }));
  const env = { GOCLAW_DATA_DIR: directory, GOCLAW_WORKSPACE: root, GOCLAW_GATEWAY_TOKEN: randomUUID() };
  const program = await built();
  const { app, database } = await program.startApp(program.loadAppConfig(path, env));
  const registry = app.get(program.ToolRegistry);
  const run = {
    runId: randomUUID(),
    caller: { userId: 'local', role: 'admin', scopes: [], credential: { kind: 'system' } },
    agent: { id: randomUUID(), key: 'default' },
    session: { key: 'agent:default:bench' },
    lane: 'main',
    signal: new AbortController().signal,
    trace: { traceId: 'bench', spanId: 'bench' },
    epoch: 1,
    attempt: 1,
  } as const;
  return {
    executor: app.get(program.ToolExecutor),
    registry,
    context: { run, tools: registry, workspace: { root, restrict: true } },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no such tool.');
  return value;
}

/** The program as it was built: what it is made of cannot be run from its sources. */
interface Built {
  readonly startApp: typeof startApp;
  readonly loadAppConfig: typeof loadAppConfig;
  readonly ToolExecutor: typeof ToolExecutor;
  readonly ToolRegistry: typeof ToolRegistry;
}

async function built(): Promise<Built> {
  const files = ['src/start-app.js', 'src/app.config.js', 'src/tools/index.js'];
  let program: object = {};
  for (const file of files) {
    const module = (await import(new URL(`../dist/${file}`, import.meta.url).href)) as object;
    program = { ...program, ...module };
  }
  return program as Built;
}
