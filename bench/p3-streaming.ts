import { Agent } from 'node:http';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { LlmProcess } from '../test/support/llm/llm-process.js';
import type { RunningGateway } from '../test/support/gateway/index.js';
import type { Bench } from './harness/bench.js';
import { readChatStream } from './harness/chat-stream.js';
import type { Findings, Measure } from './harness/measure.js';
import { cpuMs, megabytes, residentBytes } from './harness/process-usage.js';
import { profileWhile } from './harness/profile.js';
import { SocketClient } from './harness/socket-client.js';
import { median, medianOf, percentile } from './harness/statistics.js';
import { StampedText } from './harness/stamped-text.js';

const ROUNDS = 3;
const RUNS = 500;
const SOCKETS = 10;
const DELTAS = 200;
const DELTA_INTERVAL_MS = 50;
/** The runs begin within this time, as those of 500 people would. */
const RAMP_MS = 2_000;

const GOAL_LAG_MS = 100;
const GOAL_CORES = 1;

interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the process in the middle, while all runs were streaming. */
  readonly cores: number;
  readonly residentBytes: number;
}

export const streaming: Measure = {
  id: 'P3',
  title: `Token streaming: ${RUNS} runs at the same time`,
  method: `${RUNS} runs × ${1_000 / DELTA_INTERVAL_MS} deltas a second for ${(DELTAS * DELTA_INTERVAL_MS) / 1_000} s, through ${SOCKETS} WebSockets of as many users; every delta carries the time of its sending. Lost or misplaced text fails the benchmark. “Directly” is the same ${RUNS} streams read from the upstream over HTTP.`,

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess([
      '--deltas',
      String(DELTAS),
      '--delay-ms',
      String(DELTA_INTERVAL_MS),
      '--stamp',
    ]);
    await using started = await bench.gateway(llm);
    const { gateway } = started;
    const direct: Round[] = [];
    const ours: Round[] = [];
    const rounds = bench.rounds(ROUNDS);
    for (let round = 0; round < rounds; round++) {
      bench.progress(`P3 round ${round + 1} of ${rounds}`);
      direct.push(await round500(bench, llm.pid, directStreams(llm)));
      ours.push(await overSockets(bench, gateway, round));
    }
    return findings(direct, ours, await profiled(bench, gateway, rounds));
  },
};

/** Starts the stream of one run. */
type Stream = (index: number, text: StampedText) => Promise<void>;

/** All runs of a round, begun one after the other within the ramp. */
async function round500(bench: Bench, pid: number, stream: Stream): Promise<Round> {
  const runs = bench.amount(RUNS);
  const texts = Array.from({ length: runs }, () => new StampedText());
  const steady = new SteadyCpu(pid, texts);
  await Promise.all(
    texts.map(async (text, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * RAMP_MS) / runs));
      await stream(index, text);
      steady.end();
      text.requireWhole(DELTAS);
    }),
  );
  const lags = texts.flatMap(({ lagsMs }) => lagsMs);
  return {
    p50Ms: percentile(lags, 0.5),
    p99Ms: percentile(lags, 0.99),
    cores: steady.cores,
    residentBytes: residentBytes(pid),
  };
}

/** Processor time of a process from when every run streams until the first has ended. */
class SteadyCpu {
  cores = Number.NaN;
  private began: { at: number; cpu: number } | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly pid: number;

  constructor(pid: number, texts: readonly StampedText[]) {
    this.pid = pid;
    this.timer = setInterval(() => {
      if (texts.every(({ lagsMs }) => lagsMs.length > 0)) this.begin();
    }, 20);
  }

  end(): void {
    clearInterval(this.timer);
    if (!this.began) return;
    this.cores = (cpuMs(this.pid) - this.began.cpu) / (performance.now() - this.began.at);
    this.began = undefined;
  }

  private begin(): void {
    clearInterval(this.timer);
    this.began = { at: performance.now(), cpu: cpuMs(this.pid) };
  }
}

function directStreams(llm: LlmProcess): Stream {
  const agent = new Agent({ keepAlive: true });
  const target = {
    name: 'the upstream',
    url: `${llm.openaiUrl}/chat/completions`,
    headers: { authorization: 'Bearer any' },
    body: { model: 'scripted', messages: [{ role: 'user', content: 'Hi' }] },
  };
  return (_index, text) => readChatStream(target, agent, (delta) => text.push(delta));
}

async function overSockets(bench: Bench, gateway: RunningGateway, round: number): Promise<Round> {
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, (_, at) => SocketClient.open(gateway.wsUrl, gateway.token, `user-${at}`)),
  );
  const texts = new Map<string, StampedText>();
  for (const socket of sockets) {
    socket.onAgentEvent = (event) => {
      if (event.type === 'chunk')
        texts.get(event.sessionKey)?.push((event.payload as { content: string }).content);
    };
  }
  try {
    return await round500(bench, gateway.pid, async (index, text) => {
      const socket = sockets[index % SOCKETS];
      const sessionKey = `agent:default:p3-${round}-${index}`;
      texts.set(sessionKey, text);
      const result = await socket?.call('chat.send', { message: 'Hi', stream: true, sessionKey });
      if (result?.status !== 'completed' || result.content.trim() !== text.value.trim())
        throw new Error(`Run ${index} was ${result?.status}, or its chunks are not its content.`);
    });
  } finally {
    for (const socket of sockets) socket.close();
  }
}

function findings(direct: readonly Round[], ours: readonly Round[], profile: string): Findings {
  const row = (name: string, rounds: readonly Round[]): string[] => [
    name,
    medianOf(rounds, (r) => r.p50Ms).toFixed(1),
    medianOf(rounds, (r) => r.p99Ms).toFixed(1),
    medianOf(rounds, (r) => r.cores).toFixed(2),
    megabytes(medianOf(rounds, (r) => r.residentBytes)),
  ];
  const lag = medianOf(ours, (r) => r.p99Ms);
  const cores = median(ours.map((r) => r.cores));
  return {
    tables: [
      {
        caption: `Lag of every delta from its sending to its arrival; processor and memory of the gateway (directly: of the upstream). Median of ${ours.length} rounds`,
        columns: ['', 'p50 ms', 'p99 ms', 'cores', 'resident'],
        rows: [row('the upstream directly', direct), row('GoClaw, WebSocket', ours)],
      },
    ],
    goals: [
      {
        goal: `p99 lag ≤ ${GOAL_LAG_MS} ms`,
        measured: `${lag.toFixed(1)} ms`,
        met: lag <= GOAL_LAG_MS,
        because: profile,
      },
      {
        goal: `≤ ${GOAL_CORES} core`,
        measured: `${cores.toFixed(2)} cores`,
        met: cores <= GOAL_CORES,
        because: profile,
      },
      { goal: 'no delta lost, all in order', measured: 'none lost, all in order', met: true },
    ],
    notes: [],
  };
}

async function profiled(bench: Bench, gateway: RunningGateway, round: number): Promise<string> {
  bench.progress('P3 profile');
  const { summary, functions } = await profileWhile(gateway, () => overSockets(bench, gateway, round));
  bench.detail('P3, the gateway’s processor time by function', functions);
  return `the gateway’s processor time goes to ${summary}`;
}
