import { GoClawClient } from '#client';
import { residentBytes } from '../bench/harness/process-usage.js';
import type { Reply } from '../test/support/llm/reply.js';
import { Conversation } from './harness/conversation.js';
import type { Message } from './harness/message.js';
import type { Model } from './harness/model.js';
import type { Replica } from './harness/replica.js';
import type { Scenario } from './harness/scenario.js';
import { Stage } from './harness/stage.js';

const RUN_TIMEOUT_S = 8;
const REFUSED_MS = 1_500;
const GIANT_CHARS = 8_000_000;
const MEMORY_INTERVAL_MS = 100;
const MEMORY_MAX_MB = 1_200;
const GIANT = 'giant answer';
const MEGABYTE = 1_048_576;

/** What the upstream does with the nth call for a message; nothing: it answers. */
type Fault = (calls: number, message: Message, model: Model) => Reply | undefined;

const first =
  (reply: Reply): Fault =>
  (calls) =>
    calls === 1 ? reply : undefined;
const always =
  (reply: Reply): Fault =>
  () =>
    reply;

const broken =
  (kind: 'cut' | 'end' | 'hang' | 'malformed' | 'error'): Fault =>
  (_calls, message, model) =>
    model.answer(message, { fault: { kind, afterDeltas: 3 } });

const FAULTS: Readonly<Record<string, Fault>> = {
  '429 with Retry-After': first({ failure: { status: 429, retryAfter: 1 } }),
  '429 without': first({ failure: { status: 429 } }),
  '500 twice': (calls) => (calls <= 2 ? { failure: { status: 500 } } : undefined),
  '500 for good': always({ failure: { status: 500 } }),
  'reset before the first byte': first({ silence: 'reset' }),
  'cut in mid-stream': broken('cut'),
  'end without a finish': broken('end'),
  'error event in mid-stream': broken('error'),
  'malformed SSE': broken('malformed'),
  'never answering': always({ silence: 'hang' }),
  'silent in mid-stream': broken('hang'),
  'invalid tool arguments': first({ toolCalls: [{ name: 'write_file', arguments: '{"path": "a.tx' }] }),
  'unknown tool': first({ toolCalls: [{ name: 'launch_rocket', arguments: {} }] }),
  [GIANT]: always({ text: 'x'.repeat(GIANT_CHARS) }),
};
const NAMES = Object.keys(FAULTS);
/** An agent whose model has no faults. */
const HEALTHY = 'healthy';
const PASSING: ReadonlySet<string> = new Set([
  '429 with Retry-After',
  '429 without',
  '500 twice',
  'reset before the first byte',
  'invalid tool arguments',
  'unknown tool',
  GIANT,
]);

export const upstream: Scenario = {
  name: 'upstream',
  title: 'Providers in trouble',
  method: `The upstream answers 429 (with and without Retry-After) and 500, breaks and garbles streams, never answers (runs have ${RUN_TIMEOUT_S} s here), calls tools with invalid arguments, answers with ${GIANT_CHARS / 1e6} MB, and refuses connections for ${REFUSED_MS / 1_000} s. Every message must end once: by its whole answer or by one error.`,
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'upstream');
    stage.defer(database.drop);
    const copies = chaos.amount(6, 1);
    const agents = NAMES.flatMap((_, fault) =>
      Array.from({ length: copies }, (__, copy) => `fault${fault}-${copy}`),
    );
    prepare(stage);
    const { ledger, moments, random } = stage;
    const replica = await stage.replica({
      dsn: database.dsn,
      mode: 'standalone',
      config: configOf([...agents, HEALTHY]),
    });
    await replica.start();
    const memory = watchMemory(replica);
    const client = new GoClawClient({ url: replica.url, token: replica.gateway.token });
    stage.use({ [Symbol.dispose]: () => client.close() });
    const conversations = agents.map(
      (agentId) =>
        new Conversation({ ledger, moments, random, client, session: agentId, agentId, kind: 'plain' }),
    );
    const healthy = new Conversation({ ledger, moments, random, client, session: HEALTHY, agentId: HEALTHY });
    const messages = chaos.amount(3, 1);
    for (let round = 0; round < messages; round++) {
      await Promise.all(conversations.map((conversation) => conversation.write()));
      await stage.ledger.settled();
      chaos.progress(`round ${round + 1} of ${messages}`);
    }
    requireAnswers(stage);
    await refused(stage, conversations);
    await healthy.write();
    await ledger.settled();
    if (!ledger.of(HEALTHY).every(({ answers }) => answers.length === 1))
      stage.problems.push('the gateway did not answer any more when the upstream was well again');
    const peak = memory();
    stage.notes.push(`at most ${peak} MB of memory`);
    if (peak > MEMORY_MAX_MB) stage.problems.push(`the gateway took ${peak} MB of memory`);
    return await stage.findings({ conversations: [...conversations, healthy] }, { mayFail: true });
  },
};

/** The agent of a message says what goes wrong. */
function prepare(stage: Stage): void {
  const { model, ledger } = stage;
  model.interfere = (message, calls) => {
    const name = faultOf(message);
    const reply = name === undefined ? undefined : FAULTS[name]?.(calls, message, model);
    if (name !== undefined && reply) stage.count(name);
    if (name === GIANT) ledger.otherTexts.set(message.id, 'x'.repeat(GIANT_CHARS));
    return reply;
  };
}

function faultOf({ session }: Message): string | undefined {
  return NAMES[Number(/^fault(\d+)-/.exec(session)?.[1])];
}

function configOf(agents: readonly string[]): Record<string, unknown> {
  const list = agents.map((name) => [name, { model: `model-of-${name}`, run_timeout_sec: RUN_TIMEOUT_S }]);
  return { agents: { list: Object.fromEntries(list) as object } };
}

/** Nobody listens for a moment. */
async function refused(stage: Stage, conversations: readonly Conversation[]): Promise<void> {
  const { llm } = stage.model;
  await llm.refuse();
  const back = setTimeout(() => void llm.accept(), REFUSED_MS);
  await Promise.all(conversations.map((conversation) => conversation.write()));
  await stage.ledger.settled();
  clearTimeout(back);
  await llm.accept();
  stage.count('refused');
}

/** What passes with a second try must not be a failure for anybody. Later messages of an agent may find it resting. */
function requireAnswers({ ledger, problems }: Stage): void {
  for (const { message, errors } of ledger.entries.values()) {
    const fault = faultOf(message) ?? '';
    if (message.number === 1 && PASSING.has(fault) && errors.length > 0)
      problems.push(`${message.id} failed (${fault}): ${errors.join()}`);
  }
}

function watchMemory(replica: Replica): () => number {
  let peak = 0;
  const { pid } = replica.gateway;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), MEMORY_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return Math.round(peak / MEGABYTE);
  };
}
