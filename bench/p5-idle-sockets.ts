import { execFileSync } from 'node:child_process';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { Bench } from './harness/bench.js';
import { type Running, startScript } from './harness/child-process.js';
import { Inspector, PROFILABLE, type Profilable } from './harness/inspector.js';
import type { Findings, Measure } from './harness/measure.js';
import { cpuMs, residentBytes } from './harness/process-usage.js';
import { SocketClient } from './harness/socket-client.js';
import { medianOf } from './harness/statistics.js';

const ROUNDS = 3;
const SOCKETS = 5_000;
const USERS = 1_000;
/** Sockets that are being opened at the same time: more would wait in the kernel's queue (511), not in the server. */
const OPENING_MAX = 250;
/** Opened and closed again before, so that both processes have the heap of one that works. */
const WARM_UP_SOCKETS = 3_000;
/** Quiet time before memory is read: both servers collect their garbage then. */
const SETTLE_MS = 4_000;
const FILES_BESIDE_SOCKETS = 500;

const GOAL_RATIO = 2;
const GOAL_STORM_S = 10;

interface Round {
  readonly bytesPerSocket: number;
  /** The same between two moments at which all garbage was collected. */
  readonly liveBytesPerSocket: number;
  readonly stormS: number;
  /** Share of one core that the idle sockets cost. */
  readonly idleCores: number;
}

interface Server extends Profilable {
  readonly wsUrl: string;
  readonly token: string;
}

export const idleSockets: Measure = {
  id: 'P5',
  title: `${SOCKETS.toLocaleString('en')} idle, authenticated sockets`,
  method: `All sockets are opened (${OPENING_MAX} at a time) and authenticated by a connect call, then left alone. Memory is what the process has grown by, ${SETTLE_MS / 1_000} s later. “Bare ws” is the ws package on a Node server that answers the same call. Each round on fresh processes that have served ${WARM_UP_SOCKETS.toLocaleString('en')} short-lived sockets before.`,

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess();
    const count = Math.min(bench.amount(SOCKETS), openFilesMax() - FILES_BESIDE_SOCKETS);
    const bare: Round[] = [];
    const ours: Round[] = [];
    const rounds = bench.rounds(ROUNDS);
    for (let round = 1; round <= rounds; round++) {
      bench.progress(`P5 round ${round} of ${rounds}`);
      await using server = await startScript('bare-ws.ts', PROFILABLE);
      bare.push(await measure(bareServer(server), count));
      await using started = await bench.gateway(llm);
      ours.push(await measure(started.gateway, count));
    }
    return findings(bare, ours, count);
  },
};

async function measure(server: Server, count: number): Promise<Round> {
  await storm(server, WARM_UP_SOCKETS, (socket) => socket.close());
  const liveBefore = await liveBytes(server);
  await storm(server, WARM_UP_SOCKETS, (socket) => socket.close());
  await settle();
  const before = residentBytes(server.pid);
  const began = performance.now();
  const sockets: SocketClient[] = [];
  await storm(server, count, (socket) => sockets.push(socket));
  const stormS = (performance.now() - began) / 1_000;
  await settle();
  const bytesPerSocket = (residentBytes(server.pid) - before) / count;
  const cpu = cpuMs(server.pid);
  const idleFrom = performance.now();
  await settle();
  const idleCores = (cpuMs(server.pid) - cpu) / (performance.now() - idleFrom);
  const liveBytesPerSocket = ((await liveBytes(server)) - liveBefore) / count;
  const alive = sockets.filter((socket) => socket.isOpen).length;
  for (const socket of sockets) socket.close();
  if (alive !== count) throw new Error(`Only ${alive} of ${count} idle sockets were still open.`);
  return { bytesPerSocket, liveBytesPerSocket, stormS, idleCores };
}

function bareServer(server: Running): Server {
  return {
    pid: server.pid,
    wsUrl: server.url,
    token: 'any',
    get logs() {
      return server.logs;
    },
  };
}

/** Resident memory without garbage. */
async function liveBytes(server: Server): Promise<number> {
  const inspector = await Inspector.open(server);
  await inspector.call('HeapProfiler.collectGarbage');
  inspector.close();
  await settle();
  return residentBytes(server.pid);
}

/** Opens sockets, many at a time, and hands each one over; resolves when all of them were. */
async function storm(
  { wsUrl, token }: Server,
  count: number,
  opened: (socket: SocketClient) => void,
): Promise<void> {
  let next = 0;
  const opener = async (): Promise<void> => {
    while (next < count) opened(await SocketClient.open(wsUrl, token, `user-${next++ % USERS}`));
  };
  await Promise.all(Array.from({ length: OPENING_MAX }, opener));
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function findings(bare: readonly Round[], ours: readonly Round[], count: number): Findings {
  const kilobytes = (bytes: number): string => (bytes / 1_024).toFixed(1);
  const row = (name: string, rounds: readonly Round[]): string[] => [
    name,
    kilobytes(medianOf(rounds, (r) => r.bytesPerSocket)),
    kilobytes(medianOf(rounds, (r) => r.liveBytesPerSocket)),
    medianOf(rounds, (r) => r.stormS).toFixed(2),
    (100 * medianOf(rounds, (r) => r.idleCores)).toFixed(1),
  ];
  const ratio = medianOf(ours, (r) => r.bytesPerSocket) / medianOf(bare, (r) => r.bytesPerSocket);
  const live = medianOf(ours, (r) => r.liveBytesPerSocket) / medianOf(bare, (r) => r.liveBytesPerSocket);
  const stormS = medianOf(ours, (r) => r.stormS);
  return {
    tables: [
      {
        caption: `${count.toLocaleString('en')} sockets, median of ${ours.length} rounds`,
        columns: ['', 'KB a socket', 'without garbage', 'all connected in s', 'idle, % of a core'],
        rows: [row('bare ws', bare), row('GoClaw', ours)],
      },
    ],
    goals: [
      {
        goal: `≤ ${GOAL_RATIO} × the memory of a bare socket`,
        measured: `${ratio.toFixed(2)} ×`,
        met: ratio <= GOAL_RATIO,
        because: `without garbage it is ${live.toFixed(2)} ×; the rest is what opening a socket and its connect call leave behind, which V8 has not collected while nothing happens`,
      },
      {
        goal: `${SOCKETS.toLocaleString('en')} connected in ≤ ${GOAL_STORM_S} s`,
        measured: `${stormS.toFixed(2)} s`,
        met: count === SOCKETS && stormS <= GOAL_STORM_S,
      },
    ],
    notes:
      count < SOCKETS
        ? [`Only ${count} sockets: raise the limit of open files (ulimit -n) for all of them.`]
        : [],
  };
}

/** Node raises its limit of open files to the hard one by itself, and its children inherit that. */
function openFilesMax(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(limit);
}
