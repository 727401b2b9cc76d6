import { Agent } from 'node:http';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { RunningGateway } from '../test/support/gateway/index.js';
import type { Bench } from './harness/bench.js';
import { readChatStream } from './harness/chat-stream.js';
import type { Target } from './harness/http-load.js';
import type { Findings, Measure } from './harness/measure.js';
import { SocketClient } from './harness/socket-client.js';
import { percentile } from './harness/statistics.js';

const ROUNDS = 5;
const STREAMS = 100;
const WARM_UP = 100;
/** Deltas of the upstream's streams: the first is what counts, the rest shows that they go on. */
const UPSTREAM = ['--deltas', '3', '--delay-ms', '4', '--stamp'];

const GOAL_P50_MS = 2;
const GOAL_P99_MS = 10;

const DIRECT = 'the upstream directly';
const SSE = 'GoClaw, SSE';
const WS = 'GoClaw, WebSocket';

/** Streams one answer; calls back with each piece of text. */
type Ask = (onDelta: (text: string) => void) => Promise<void>;

export const firstToken: Measure = {
  id: 'P2',
  title: 'Time to first token',
  method:
    'The upstream writes the time into its first delta when it sends it (to the millisecond); the client compares it with the time of arrival. One stream at a time; the rounds take turns. “Added” is beside asking the upstream directly.',

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess(UPSTREAM);
    await using started = await bench.gateway(llm);
    const agent = new Agent({ keepAlive: true });
    const socket = await SocketClient.open(started.gateway.wsUrl, started.gateway.token, 'bench-user');
    const sse = (name: string, target: Pick<Target, 'url' | 'headers'>): Ask =>
      streamOf({ name, ...target }, agent);
    const asked = new Map<string, Ask>([
      [
        DIRECT,
        sse(DIRECT, { url: `${llm.openaiUrl}/chat/completions`, headers: { authorization: 'Bearer any' } }),
      ],
      [SSE, sse(SSE, gatewayTarget(started.gateway))],
      [WS, overSocket(socket)],
    ]);
    try {
      return findings(await measure(bench, asked));
    } finally {
      agent.destroy();
      socket.close();
    }
  },
};

async function measure(bench: Bench, asked: ReadonlyMap<string, Ask>): Promise<Map<string, number[]>> {
  const delays = new Map<string, number[]>();
  const rounds = bench.rounds(ROUNDS);
  for (const ask of asked.values()) for (let at = 0; at < bench.amount(WARM_UP); at++) await firstDelay(ask);
  for (let round = 1; round <= rounds; round++) {
    bench.progress(`P2 round ${round} of ${rounds}`);
    for (const [name, ask] of asked) {
      const own = delays.get(name) ?? [];
      for (let at = 0; at < bench.amount(STREAMS); at++) own.push(await firstDelay(ask));
      delays.set(name, own);
    }
  }
  return delays;
}

/** Milliseconds from the upstream's sending of the first delta to its arrival here. */
async function firstDelay(ask: Ask): Promise<number> {
  let delay: number | undefined;
  let text = '';
  await ask((delta) => {
    const now = performance.timeOrigin + performance.now();
    text += delta;
    const stamp = /^0:(\d{13})/.exec(text)?.[1];
    if (stamp !== undefined) delay ??= now - Number(stamp);
  });
  if (delay === undefined || !/^0:\d+ 1:\d+ 2:\d+ ?$/.test(text))
    throw new Error(`The stream was not whole: ${text}`);
  return delay;
}

function findings(delays: ReadonlyMap<string, number[]>): Findings {
  const of = (name: string, share: number): number => percentile(delays.get(name) ?? [], share);
  const added = (name: string, share: number): number => of(name, share) - of(DIRECT, share);
  const rows = [...delays.keys()].map((name) => [
    name,
    ...[0.5, 0.99].flatMap((share) => [
      of(name, share).toFixed(2),
      name === DIRECT ? '' : added(name, share).toFixed(2),
    ]),
    String(delays.get(name)?.length),
  ]);
  const goal = (name: string, share: number, limit: number): Findings['goals'][number] => ({
    goal: `${name}: p${share * 100} added ≤ ${limit} ms`,
    measured: `${added(name, share).toFixed(2)} ms`,
    met: added(name, share) <= limit,
  });
  return {
    tables: [
      {
        caption: 'First delta sent → first byte of it at the client, all rounds together',
        columns: ['', 'p50 ms', 'added', 'p99 ms', 'added', 'streams'],
        rows,
      },
    ],
    goals: [WS, SSE].flatMap((name) => [goal(name, 0.5, GOAL_P50_MS), goal(name, 0.99, GOAL_P99_MS)]),
    notes: [],
  };
}

function streamOf(target: Pick<Target, 'name' | 'url' | 'headers'>, agent: Agent): Ask {
  const model = target.name === SSE ? 'goclaw:default' : 'scripted';
  const body = { model, messages: [{ role: 'user', content: 'Hi' }] };
  return (onDelta) => readChatStream({ ...target, body }, agent, onDelta);
}

function gatewayTarget(gateway: RunningGateway): Pick<Target, 'url' | 'headers'> {
  return { url: `${gateway.url}/v1/chat/completions`, headers: gateway.headers('bench-user') };
}

/** Each stream in a session of its own, so that no history grows. */
function overSocket(socket: SocketClient): Ask {
  let session = 0;
  return async (onDelta) => {
    socket.onAgentEvent = (event) => {
      if (event.type === 'chunk') onDelta((event.payload as { content: string }).content);
    };
    const { status } = await socket.call('chat.send', {
      message: 'Hi',
      stream: true,
      sessionKey: `p2-${session++}`,
    });
    if (status !== 'completed') throw new Error(`A run over the socket was ${status}.`);
  };
}
