import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHAT_GATEWAY, ChatPlatform, type ChatPlatformOptions } from '../support/chat-platform/index.js';
import { type GatewayOptions, type RunningGateway, startGateway } from '../support/gateway/index.js';
import { ScriptedLlm } from '../support/llm/index.js';
import { createTestDatabase, describeWithPostgres, type TestDatabase } from '../support/postgres/index.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
const NO_DEBOUNCE = { gateway: { inbound_debounce_ms: 0 } };

interface OutboxRow {
  readonly state: string;
  readonly attempts: number;
  readonly receipt: string | null;
}

/** A platform, a model and gateways between them, on one database. */
class Chat implements AsyncDisposable {
  private readonly gateways: RunningGateway[] = [];

  private constructor(
    readonly platform: ChatPlatform,
    readonly llm: ScriptedLlm,
    private readonly database: TestDatabase | undefined,
  ) {}

  static async open(options: ChatPlatformOptions = {}, database?: TestDatabase): Promise<Chat> {
    return new Chat(await ChatPlatform.start(options), await ScriptedLlm.start(), database);
  }

  async start(options: GatewayOptions = {}): Promise<RunningGateway> {
    const gateway = await startGateway({
      llm: this.llm,
      program: CHAT_GATEWAY,
      config: NO_DEBOUNCE,
      ...(this.database && { dsn: this.database.dsn }),
      ...options,
      env: { ...this.platform.env, CHAT_PLATFORM_TIMEOUT_MS: '500', ...options.env },
    });
    this.gateways.push(gateway);
    return gateway;
  }

  async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.database?.dsn });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  outbox(): Promise<OutboxRow[]> {
    return this.query('SELECT state, attempts, receipt FROM outbox ORDER BY position');
  }

  async untilOutbox(...states: string[]): Promise<void> {
    await expect.poll(async () => (await this.outbox()).map(({ state }) => state), PATIENCE).toEqual(states);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gateway of this.gateways) await gateway[Symbol.asyncDispose]();
    await this.platform[Symbol.asyncDispose]();
    await this.llm[Symbol.asyncDispose]();
    await this.database?.drop();
  }
}

describe('a channel on the embedded database', () => {
  it('answers a message where it was written, and goes on with the conversation', async () => {
    await using chat = await Chat.open();
    await chat.start();
    chat.llm.reply('Hello Ann.').reply('You said hi.');
    const first = chat.platform.say('hi');
    await chat.platform.untilShown(1);
    chat.platform.say('what did I say?');
    await chat.platform.untilShown(2);
    expect(chat.platform.messages).toMatchObject([
      { chat: 'ann', text: 'Hello Ann.', replyTo: first, key: expect.any(String) },
      { chat: 'ann', text: 'You said hi.' },
    ]);
    expect(chat.llm.lastRequest.rawBody).toMatch(/hi[^]*Hello Ann[^]*what did I say/);
    expect(chat.platform.acknowledged).toBe(2);
  });
});

describeWithPostgres('a channel', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await database.drop();
  });

  it('keeps the conversations of people, groups and topics apart', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.respond(({ lastUserText }) => `You said ${lastUserText.includes('one') ? 'one' : 'two'}.`);
    chat.platform.say('one');
    chat.platform.say('two', { from: 'bob' });
    chat.platform.say('one', { chat: 'g1', kind: 'group' });
    chat.platform.say('two', { chat: 'g1', kind: 'group', topic: '7', from: 'bob' });
    await chat.platform.untilShown(4);
    expect(chat.platform.textsIn('bob')).toEqual(['You said two.']);
    expect(chat.platform.messages.filter((message) => message.chat === 'g1')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ text: 'You said one.' }),
        expect.objectContaining({ text: 'You said two.', topic: '7' }),
      ]),
    );
    const runs = await chat.query<{ user_id: string; session_key: string; channel: string; origin: string }>(
      'SELECT user_id, session_key, channel, origin FROM runs ORDER BY session_key',
    );
    expect(runs).toEqual([
      {
        user_id: 'chat:ann',
        session_key: 'agent:default:chat:direct:ann',
        channel: 'chat',
        origin: 'channel',
      },
      {
        user_id: 'chat:bob',
        session_key: 'agent:default:chat:direct:bob',
        channel: 'chat',
        origin: 'channel',
      },
      {
        user_id: 'group:chat:g1',
        session_key: 'agent:default:chat:group:g1',
        channel: 'chat',
        origin: 'channel',
      },
      {
        user_id: 'group:chat:g1',
        session_key: 'agent:default:chat:group:g1:topic:7',
        channel: 'chat',
        origin: 'channel',
      },
    ]);
  });

  it('answers an update once that comes twice', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.reply('Once.').reply('Next.');
    chat.platform.repeat(chat.platform.say('hi'));
    await chat.platform.untilShown(1);
    chat.platform.repeat('m1');
    chat.platform.say('and?');
    await chat.platform.untilShown(2);
    await expect.poll(() => chat.platform.acknowledged, PATIENCE).toBe(4);
    expect(chat.platform.textsIn('ann')).toEqual(['Once.', 'Next.']);
    expect(chat.llm.requests).toHaveLength(2);
    expect(await chat.query('SELECT FROM inbound_messages')).toHaveLength(2);
  });

  it('answers the messages of a chat in their order, while others are answered too', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.respond(({ lastUserText }) => `Re: ${/n\d/.exec(lastUserText)?.[0]}`);
    for (let n = 0; n < 8; n++) for (const from of ['ann', 'bob']) chat.platform.say(`n${n}`, { from });
    await chat.platform.untilShown(16);
    const inOrder = Array.from({ length: 8 }, (_, n) => `Re: n${n}`);
    expect(chat.platform.textsIn('ann')).toEqual(inOrder);
    expect(chat.platform.textsIn('bob')).toEqual(inOrder);
  });

  it('says what can be said when it cannot answer', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.fail(400).reply('Better.');
    chat.platform.say('hi');
    await chat.platform.untilShown(1);
    chat.platform.say('');
    await chat.platform.untilShown(2);
    chat.platform.say('and now?');
    await chat.platform.untilShown(3);
    expect(chat.platform.textsIn('ann')).toEqual([
      expect.stringMatching(/^⚠️ The AI service did not take/),
      expect.stringMatching(/^⚠️ Only text/),
      'Better.',
    ]);
    expect(await chat.query(`SELECT FROM inbound_messages WHERE state = 'rejected'`)).toHaveLength(1);
  });

  it('asks to send a message again that found no place in the queue', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start({ config: { ...NO_DEBOUNCE, scheduler: { queue: { cap: 1 } } } });
    const gate = chat.llm.gate();
    chat.platform.say('1');
    await gate.reached;
    const dropped = chat.platform.say('2');
    chat.llm.reply('Third.');
    chat.platform.say('3');
    await chat.platform.untilShown(1);
    gate.release('First.');
    await chat.platform.untilShown(3);
    expect(chat.platform.messages[0]).toMatchObject({
      replyTo: dropped,
      text: expect.stringMatching(/^⚠️ .*send it again/),
    });
    expect(chat.platform.textsIn('ann').slice(1)).toEqual(['First.', 'Third.']);
  });

  it('sends a reply again after 429, when the platform wants it, and no other of the chat before', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.reply('First.').reply('Second.');
    chat.platform.failSends({ kind: 'status', status: 429, retryAfterS: 1 });
    chat.platform.say('1');
    chat.platform.say('2');
    await chat.platform.untilShown(2);
    expect(chat.platform.textsIn('ann')).toEqual(['First.', 'Second.']);
    const [refused, taken] = chat.platform.sends;
    expect(taken?.key).toBe(refused?.key);
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    await chat.untilOutbox('sent', 'sent');
    expect(await chat.outbox()).toMatchObject([{ attempts: 2, receipt: chat.platform.messages[0]?.id }, {}]);
  });

  it('shows a reply once when a platform with keys loses answers and connections', async () => {
    await using chat = await Chat.open({}, database);
    await chat.start();
    chat.llm.respond(({ lastUserText }) => `Re: ${/n\d/.exec(lastUserText)?.[0]}`);
    chat.platform.failSends(
      { kind: 'silence', accepted: true },
      { kind: 'cut', accepted: true },
      { kind: 'status', status: 500, accepted: true },
      { kind: 'cut' },
      { kind: 'status', status: 503 },
    );
    for (let n = 0; n < 5; n++) chat.platform.say(`n${n}`, { from: `user-${n}` });
    await chat.untilOutbox('sent', 'sent', 'sent', 'sent', 'sent');
    expect(chat.platform.messages.map(({ text }) => text).toSorted()).toEqual(
      Array.from({ length: 5 }, (_, n) => `Re: n${n}`),
    );
    expect(chat.platform.sends).toHaveLength(10);
  });

  it('sends a reply once to a platform without keys, and says that nobody knows whether it arrived', async () => {
    await using chat = await Chat.open({ idempotent: false }, database);
    const gateway = await chat.start();
    chat.llm.reply('First.').reply('Second.').reply('Third.');
    chat.platform.failSends({ kind: 'silence', accepted: true }, { kind: 'status', status: 429 });
    for (const text of ['1', '2']) chat.platform.say(text);
    await chat.untilOutbox('unknown', 'sent');
    expect(chat.platform.textsIn('ann')).toEqual(['First.', 'Second.']);
    expect(chat.platform.sends.map(({ outcome }) => outcome)).toEqual(['silence', 'status', 'shown']);
    expect(gateway.logs).toMatch(/delivery [0-9a-f-]+, attempt 1: unknown/);
  });

  it.each([
    [true, 'sent', ['held', 'repeated']],
    [false, 'unknown', ['held']],
  ])(
    'shows a reply once when it is killed while it sends (platform with keys: %s)',
    async (idempotent, state, outcomes) => {
      await using chat = await Chat.open({ idempotent }, database);
      const first = await chat.start({ env: { CHAT_PLATFORM_TIMEOUT_MS: '20000' } });
      chat.llm.reply('Still here.').reply('And here.');
      const held = chat.platform.holdSend();
      chat.platform.say('are you there?');
      await held.reached;
      await first.kill();
      held.release();
      await chat.start();
      await chat.untilOutbox(state);
      expect(chat.platform.textsIn('ann')).toEqual(['Still here.']);
      expect(chat.platform.sends.map(({ outcome }) => outcome)).toEqual(outcomes);
      chat.platform.say('again?');
      await chat.platform.untilShown(2);
    },
  );

  it('answers a message once when it is killed while the model answers', async () => {
    await using chat = await Chat.open({}, database);
    const first = await chat.start();
    const gate = chat.llm.gate();
    chat.platform.say('are you there?');
    await gate.reached;
    await first.kill();
    chat.llm.reply('Still here.');
    await chat.start();
    await chat.platform.untilShown(1);
    await chat.untilOutbox('sent');
    expect(chat.platform.textsIn('ann')).toEqual(['Still here.']);
    expect(await chat.query(`SELECT FROM runs`)).toHaveLength(1);
  });

  it('accepts a message after a restart that was kept and not accepted', async () => {
    await using chat = await Chat.open({}, database);
    const first = await chat.start();
    chat.llm.reply('First.').reply('Second.').reply('Third.');
    chat.platform.say('1');
    await chat.platform.untilShown(1);
    await first.stop();
    // As a gateway leaves it that is killed between the two writes, with its run and without.
    await chat.query(`UPDATE inbound_messages SET state = 'pending', run_id = NULL`);
    await chat.query(`INSERT INTO inbound_messages (id, channel, platform_message_id, chat_id, sender_id, message)
      VALUES (gen_random_uuid(), 'chat', 'm0', 'ann', 'ann', '{"platformMessageId": "m0", "text": "2",
        "chat": {"id": "ann", "kind": "direct"}, "sender": {"id": "ann"}}')`);
    const last = chat.platform.say('3');
    await chat.start();
    await chat.platform.untilShown(3);
    expect(chat.platform.textsIn('ann')).toEqual(['First.', 'Second.', 'Third.']);
    expect(chat.llm.requests).toHaveLength(3);
    expect(chat.platform.messages.map(({ replyTo }) => replyTo)).toEqual(['m1', 'm0', last]);
  });

  it('lets runs that go send their replies when it stops, and takes no new messages then', async () => {
    await using chat = await Chat.open({}, database);
    const gateway = await chat.start();
    const gate = chat.llm.gate();
    chat.platform.say('hi');
    await gate.reached;
    const stopped = gateway.stop();
    await chat.platform.until(() => chat.platform.pollers.length === 0, 'the end of polling');
    chat.platform.say('too late');
    gate.release('Just in time.');
    expect(await stopped).toBe(0);
    expect(chat.platform.textsIn('ann')).toEqual(['Just in time.']);
    expect(await chat.query('SELECT FROM inbound_messages')).toHaveLength(1);
  });

  it('is polled by one of two replicas, and by the other one when that is killed', async () => {
    await using chat = await Chat.open({}, database);
    const replicas = [await chat.start(), await chat.start()];
    chat.llm.respond(({ lastUserText }) => `Re: ${/n\d/.exec(lastUserText)?.[0]}`);
    for (let n = 0; n < 3; n++) chat.platform.say(`n${n}`);
    await chat.platform.untilShown(3);
    await chat.platform.until(() => chat.platform.pollers.length === 1, 'one poller');
    const [poller] = replicas.filter(({ pid }) => chat.platform.pollers.includes(`gateway-${pid}`));
    const [other] = replicas.filter((replica) => replica !== poller);
    await poller?.kill();
    for (let n = 3; n < 6; n++) chat.platform.say(`n${n}`);
    await chat.platform.untilShown(6);
    expect(chat.platform.textsIn('ann')).toEqual(Array.from({ length: 6 }, (_, n) => `Re: n${n}`));
    expect(chat.platform.pollers).toEqual([`gateway-${other?.pid}`]);
    expect(chat.platform.rivals).toEqual([]);
  });
});
