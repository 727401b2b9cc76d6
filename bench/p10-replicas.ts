import { type RunningGateway, startGateway } from '../test/support/gateway/index.js';
import { startLlmProcess } from '../test/support/llm/index.js';
import type { LlmProcess } from '../test/support/llm/llm-process.js';
import type { Bench } from './harness/bench.js';
import type { Findings, Measure } from './harness/measure.js';
import { cpuMs } from './harness/process-usage.js';
import { medianOf, spread } from './harness/statistics.js';
import { SocketClient } from './harness/socket-client.js';

const LATENCY_MS = 200;
/** Runs that a replica works on at the same time: what the second one adds, where the processor is not the limit. */
const SLOTS = 16;
const SESSIONS = 64;
/** Messages of a session that are on their way at the same time, through the replicas in turn. */
const PIPELINED = 2;
/** A session of so many has clients on both replicas. */
const ROAMING_EACH = 8;
const ROUNDS = 3;
const ROUND_MS = 10_000;
/** A fresh process compiles its code while it works. */
const WARM_UP_MS = 4_000;

const GOAL_RATIO = 1.8;

interface Round {
  readonly perSecond: number;
  /** Of all gateways together, in processors. */
  readonly processors: number;
  readonly outOfOrder: number;
}

export const replicas: Measure = {
  id: 'P10',
  title: 'Two replicas beside one',
  method: `One PostgreSQL, an upstream that answers after ${LATENCY_MS} ms, ${SLOTS} slots a replica. ${SESSIONS} sessions send over WebSocket, ${PIPELINED} messages of a session at a time; with two replicas a session’s socket is on one of them, as behind a load balancer, but the messages of every ${ROAMING_EACH}th session go to both in turn. Afterwards every transcript is read: its messages must stand in the order in which they were accepted, each with its answer behind it.`,

  async run(bench: Bench): Promise<Findings> {
    await using llm = await startLlmProcess(['--latency-ms', String(LATENCY_MS)]);
    const rounds = new Map<number, Round[]>();
    for (let round = 1; round <= bench.rounds(ROUNDS); round++) {
      for (const count of [1, 2]) {
        bench.progress(`P10 round ${round}, ${count} of replicas`);
        rounds.set(count, [...(rounds.get(count) ?? []), await measure(bench, llm, count)]);
      }
    }
    const rate = (count: number): number => medianOf(rounds.get(count), ({ perSecond }) => perSecond);
    const outOfOrder = [...rounds.values()].flat().reduce((sum, round) => sum + round.outOfOrder, 0);
    return {
      tables: [
        {
          caption: 'Median of the rounds',
          columns: ['', 'runs/s', 'lowest–highest', 'processors of the gateways'],
          rows: [1, 2].map((count) => [
            count === 1 ? 'one replica' : 'two replicas',
            rate(count).toFixed(0),
            spread((rounds.get(count) ?? []).map(({ perSecond }) => perSecond)),
            medianOf(rounds.get(count), ({ processors }) => processors).toFixed(2),
          ]),
        },
      ],
      goals: [
        {
          goal: `two replicas ≥ ${GOAL_RATIO} × one`,
          measured: `${(rate(2) / rate(1)).toFixed(2)} ×`,
          met: rate(2) >= GOAL_RATIO * rate(1),
        },
        {
          goal: 'order per session held',
          measured: `${outOfOrder} messages out of order`,
          met: outOfOrder === 0,
        },
      ],
      notes: [`The slots of one replica allow ${((1_000 / LATENCY_MS) * SLOTS).toFixed(0)} runs/s.`],
    };
  },
};

async function measure(bench: Bench, llm: LlmProcess, count: number): Promise<Round> {
  const database = await bench.database();
  const config = { scheduler: { lanes: { main: SLOTS } } };
  const gateways = await Promise.all(
    Array.from({ length: count }, () => startGateway({ llm, dsn: database.dsn, config })),
  );
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) => Conversation.open(index, gateways)),
  );
  try {
    await sessions[0]?.untilKnown(count);
    const warm = performance.now() + WARM_UP_MS;
    await Promise.all(sessions.map((session) => session.talk(warm)));
    const before = processorsOf(gateways);
    const began = performance.now();
    const duration = bench.amount(ROUND_MS);
    const talking = sessions.map((session) => session.talk(began + duration));
    await new Promise((resolve) => setTimeout(resolve, duration));
    const seconds = duration / 1_000;
    const processors = (processorsOf(gateways) - before) / 1_000 / seconds;
    const done = await Promise.all(talking);
    const outOfOrder = await Promise.all(sessions.map((session) => session.misplaced()));
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
    return { perSecond: sum(done) / seconds, processors, outOfOrder: sum(outOfOrder) };
  } finally {
    for (const session of sessions) session.close();
    await Promise.all(gateways.map((gateway) => gateway[Symbol.asyncDispose]()));
    await database.drop();
  }
}

function processorsOf(gateways: readonly RunningGateway[]): number {
  return gateways.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
}

/** One session: its messages are numbered, and each is sent when the one before it was accepted. */
class Conversation {
  private readonly key: string;
  private readonly clients: readonly SocketClient[];
  private sent = 0;

  private constructor(key: string, clients: readonly SocketClient[]) {
    this.key = key;
    this.clients = clients;
  }

  static async open(index: number, gateways: readonly RunningGateway[]): Promise<Conversation> {
    const roams = index % ROAMING_EACH === 0;
    const own = gateways.filter((_, at) => roams || at === index % gateways.length);
    const clients = own.map(({ wsUrl, token }) => SocketClient.open(wsUrl, token, `user-${index}`));
    return new Conversation(`agent:default:ws:bench:${index}`, await Promise.all(clients));
  }

  /** Each of its gateways knows of so many replicas. */
  async untilKnown(count: number): Promise<void> {
    for (const client of this.clients)
      while ((await client.call('health', undefined)).replicas !== count)
        await new Promise((resolve) => setTimeout(resolve, 50));
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  /** Returns how many messages were answered until `end`. */
  async talk(end: number): Promise<number> {
    const open = new Set<number>();
    let answered = 0;
    let onAnswer: () => void = () => undefined;
    const wait = async (number: number, answer: Promise<void>): Promise<void> => {
      await answer;
      open.delete(number);
      if (performance.now() < end) answered += 1;
      onAnswer();
    };
    const answers: Promise<void>[] = [];
    while (performance.now() < end) {
      const number = this.sent++;
      open.add(number);
      const sent = this.clientOf(number).chat({ message: `${number}`, sessionKey: this.key });
      answers.push(wait(number, sent.answered));
      await sent.accepted;
      while (open.size >= PIPELINED) await new Promise<void>((resolve) => (onAnswer = resolve));
    }
    await Promise.all(answers);
    return answered;
  }

  /** Messages that do not stand where they belong. */
  async misplaced(): Promise<number> {
    const seen: string[] = [];
    for (let before: number | undefined; ;) {
      const page = await this.clientOf(0).call('chat.history', {
        sessionKey: this.key,
        limit: 1_000,
        ...(before !== undefined && { before }),
      });
      seen.unshift(...page.messages.map(({ role, content }) => (role === 'user' ? content : role)));
      before = page.messages[0]?.seq;
      if (page.messages.length < 1_000) break;
    }
    const expected = Array.from({ length: this.sent }, (_, index) => [`${index}`, 'assistant']).flat();
    return expected.filter((message, index) => seen[index] !== message).length;
  }

  private clientOf(number: number): SocketClient {
    const client = this.clients[number % this.clients.length];
    if (!client) throw new Error('There is no gateway.');
    return client;
  }
}
