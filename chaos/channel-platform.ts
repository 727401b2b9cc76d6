import { GoClawClient } from '#client';
import { CHAT_GATEWAY, ChatPlatform } from '../test/support/chat-platform/index.js';
import type { Chaos } from './harness/chaos.js';
import { type KillMoment, killAt } from './harness/kills.js';
import { Outbox } from './harness/outbox.js';
import { PlatformPeople } from './harness/platform-people.js';
import type { Random } from './harness/random.js';
import type { Replica } from './harness/replica.js';
import type { Findings, Scenario } from './harness/scenario.js';
import { Stage } from './harness/stage.js';
import type { Transcribed } from './harness/transcripts.js';

const PEOPLE = 6;
const TWICE_SHARE = 0.2;
/** A send that the platform does not answer is in doubt after this. */
const SEND_LIMIT_MS = 500;
const FAULTS_INTERVAL_MS = 50;
/** A reply waits for twice as long after each failure: most sends must go well. */
const SENDS_PER_FAULT = 4;

/** An answer whose end the model has sent is on its way into the outbox. */
const MOMENTS: readonly KillMoment[] = [
  'sending-outbox',
  'sending-outbox',
  'answered',
  'streaming',
  'random',
];

export const channelPlatform: Scenario = {
  name: 'channel-platform',
  title: 'A chat platform that knows messages again by their keys',
  method:
    'People write on a chat platform that answers sends with 429 (with and without Retry-After), 503, a broken connection or not at all, before and after it has taken the message, and brings a fifth of the messages twice; the gateway is killed while it writes to its outbox, while it sends, while the model streams, and at random. Every message must be answered once.',
  run: (chaos) => played(chaos, 'channel-platform', true),
};

export const channelWithoutKeys: Scenario = {
  name: 'channel-without-keys',
  title: 'A chat platform that does not',
  method:
    'The same on a platform without keys. A reply may never come twice; one whose delivery cannot be known is “unknown” in the outbox, and counted as that.',
  run: (chaos) => played(chaos, 'channel-without-keys', false),
};

async function played(chaos: Chaos, name: string, idempotent: boolean): Promise<Findings> {
  const database = await chaos.database();
  await using stage = await Stage.open(chaos, name);
  stage.defer(database.drop);
  const { ledger, random } = stage;
  const platform = stage.use(await ChatPlatform.start({ idempotent }));
  const replica = await stage.replica({
    dsn: database.dsn,
    program: CHAT_GATEWAY,
    env: { ...platform.env, CHAT_PLATFORM_TIMEOUT_MS: String(SEND_LIMIT_MS) },
  });
  await replica.start();
  const outbox = stage.use(await Outbox.watch(database.dsn));
  const people = new PlatformPeople({
    platform,
    people: PEOPLE,
    ledger,
    random: random.fork('people'),
    unknown: () => outbox.unknown,
    twiceShare: TWICE_SHARE,
  });
  people.start();
  const draws = random.fork('faults');
  let sends = 0;
  const faults = setInterval(() => {
    if (platform.sends.length < sends + SENDS_PER_FAULT) return;
    sends = platform.sends.length;
    goWrong(stage, platform, draws);
  }, FAULTS_INTERVAL_MS);
  await kills(chaos, stage, platform, replica);
  clearInterval(faults);
  await people.finish();
  people.settle();
  stage.count('update brought twice', people.twice);
  return await compared(stage, people, outbox, replica);
}

/** One of the next sends fails, one way or another. */
function goWrong(stage: Stage, platform: ChatPlatform, random: Random): void {
  const accepted = random.chance(0.5);
  switch (random.int(0, 4)) {
    case 0:
      stage.count('429');
      return void platform.failSends({ kind: 'status', status: 429, retryAfterS: 1 });
    case 1:
      stage.count('429');
      return void platform.failSends({ kind: 'status', status: 429 });
    case 2:
      stage.count('503');
      return void platform.failSends({ kind: 'status', status: 503 });
    case 3:
      stage.count(`cut ${accepted ? 'after' : 'before'} accepting`);
      return void platform.failSends({ kind: 'cut', accepted });
    default:
      stage.count(`silence ${accepted ? 'after' : 'before'} accepting`);
      return void platform.failSends({ kind: 'silence', accepted });
  }
}

async function kills(chaos: Chaos, stage: Stage, platform: ChatPlatform, replica: Replica): Promise<void> {
  const count = chaos.amount(20, 3);
  for (let index = 0; index < count; index++) {
    const moment = stage.random.pick(MOMENTS);
    const held = moment === 'sending-outbox' ? platform.holdSend(stage.random.chance(0.5)) : undefined;
    void held?.reached.then(() => stage.moments.reach('sending-outbox'));
    await killAt(stage, replica, moment, moment === 'answered' ? { name: 'writing-outbox' } : {});
    held?.release();
    await replica.start();
    await stage.ledger.settled();
    chaos.progress(`${index + 1} of ${count} kills, ${stage.ledger.entries.size} messages`);
  }
}

/** What was never shown must be unknown, on a platform without keys. */
async function compared(
  stage: Stage,
  people: PlatformPeople,
  outbox: Outbox,
  replica: Replica,
): Promise<Findings> {
  const states = await outbox.states();
  stage.notes.push(
    `outbox: ${Object.entries(states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')}`,
  );
  const inDoubt = new Set([...outbox.unknown].map((id) => people.onPlatform.get(id)));
  const found = await stage.findings(
    { conversations: people.names.map((name) => conversationOf(stage, replica, name)) },
    { workspace: replica.gateway.workspace },
  );
  const missing = found.lost.filter((text) => !inDoubt.has(text.split(' ', 1)[0]));
  return { ...found, lost: missing };
}

/** To read the transcript as the person of the chat. */
function conversationOf(stage: Stage, replica: Replica, name: string): Transcribed {
  const client = new GoClawClient({ url: replica.url, token: replica.gateway.token, userId: `chat:${name}` });
  stage.use({ [Symbol.dispose]: () => client.close() });
  return { client, session: name, sessionKey: `agent:default:chat:direct:${name}` };
}
