import { Agent } from 'node:http';
import type { RunningGateway } from '../test/support/gateway/index.js';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { Bench } from './harness/bench.js';
import { EventLoopDelay } from './harness/event-loop-delay.js';
import { post } from './harness/http-load.js';
import type { Findings, Measure } from './harness/measure.js';
import { megabytes, residentBytes } from './harness/process-usage.js';
import { slope } from './harness/statistics.js';

const RUNS = 100_000;
const SESSIONS = 2_000;
const AT_A_TIME = 16;
const USERS = 50;
/** Until then the caches fill: the windows of all sessions, the logs of ended runs, each up to its bound. */
const WARM_UP_SHARE = 0.65;
const SAMPLES = 40;

const BYTES_PER_MB = 1024 * 1024;
const GOAL_SLOPE_MB = 1;
const SLOPE_PER_RUNS = 10_000;
const GOAL_DELAY_MS = 50;

interface Sample {
  readonly runs: number;
  readonly bytes: number;
}

export const soak: Measure = {
  id: 'P9',
  title: 'Soak: memory and event loop over many runs',
  method: `${RUNS.toLocaleString('en')} turns of ${SESSIONS.toLocaleString('en')} stored sessions of ${USERS} users, ${AT_A_TIME} at a time, through /v1/chat/completions with a session key; the upstream answers at once, conversations are compacted as they grow. Memory is sampled ${SAMPLES} times; the slope is the least-squares line through the last third of them, when the caches have reached their bounds.`,

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess();
    await using started = await bench.gateway(llm);
    const { gateway } = started;
    const delay = await EventLoopDelay.watch(gateway);
    const runs = bench.amount(RUNS);
    const began = performance.now();
    const samples = await turns(bench, gateway, runs);
    const seconds = (performance.now() - began) / 1_000;
    const { p50, p99, max } = await delay.figures();
    const warm = samples.filter((sample) => sample.runs >= runs * WARM_UP_SHARE);
    const perRun = slope(warm.map((sample) => [sample.runs, sample.bytes / BYTES_PER_MB]));
    const growth = perRun * SLOPE_PER_RUNS;
    const shown = samples.filter((_, index) => index % (SAMPLES / 8) === SAMPLES / 8 - 1);
    return {
      tables: [
        {
          caption: 'Resident memory of the gateway',
          columns: ['after so many runs', ...shown.map((sample) => sample.runs.toLocaleString('en'))],
          rows: [['', ...shown.map((sample) => megabytes(sample.bytes))]],
        },
      ],
      goals: [
        {
          goal: `memory grows by ≤ ${GOAL_SLOPE_MB} MB per ${SLOPE_PER_RUNS.toLocaleString('en')} runs after warm-up`,
          measured: `${growth.toFixed(2)} MB`,
          met: growth <= GOAL_SLOPE_MB,
        },
        {
          goal: `event-loop delay p99 ≤ ${GOAL_DELAY_MS} ms`,
          measured: `${p99.toFixed(1)} ms`,
          met: p99 <= GOAL_DELAY_MS,
        },
      ],
      notes: [
        `${runs.toLocaleString('en')} runs in ${seconds.toFixed(0)} s (${(runs / seconds).toFixed(0)} a second), every answer right. Event-loop delay p50 ${p50.toFixed(1)} ms, max ${max.toFixed(0)} ms.`,
      ],
    };
  },
};

async function turns(bench: Bench, gateway: RunningGateway, runs: number): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  const samples: Sample[] = [];
  const every = Math.ceil(runs / SAMPLES);
  let done = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let turn = next++; turn < runs; turn = next++) {
      const session = turn % SESSIONS;
      const { status, body } = await post(request(gateway, session, turn), agent);
      if (status !== 200 || !body.includes('Hello there.'))
        throw new Error(`turn ${turn} was answered with ${status}: ${body.slice(0, 500)}`);
      done += 1;
      if (done % every !== 0) continue;
      samples.push({ runs: done, bytes: residentBytes(gateway.pid) });
      if (samples.length % (SAMPLES / 4) === 0) bench.progress(`P9 ${done} of ${runs} runs`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  } finally {
    agent.destroy();
  }
  return samples;
}

function request(gateway: RunningGateway, session: number, turn: number) {
  return {
    url: `${gateway.url}/v1/chat/completions`,
    headers: { ...gateway.headers(`user-${session % USERS}`), 'x-goclaw-session-key': `soak-${session}` },
    body: {
      messages: [{ role: 'user', content: `Turn ${turn}: ${'what do you think of this? '.repeat(8)}` }],
    },
  };
}
