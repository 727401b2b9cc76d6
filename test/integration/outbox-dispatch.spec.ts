import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ChannelError, type Channel } from '#contracts';
import { type Clock, newId, SystemClock } from '#kernel';
import { type Database, type JobQueue, OutboxMessageEntity, OutboxStore, type Replicas } from '#store';
import { Delivery } from '../../src/channels/outbox/delivery.js';
import { OutboxDispatcher } from '../../src/channels/outbox/outbox-dispatcher.js';
import { registryOf, ScriptedChannel } from '../../src/channels/scripted-channel.fixture.js';
import { MemoryJobQueue } from '../../src/store/replication/memory-job-queue.js';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';
import { ManualClock } from '../support/manual-clock.js';

const PATIENCE = { timeout: 20_000, interval: 10 };

describeEachEngine('sending what the outbox holds', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let outbox: OutboxStore;
  let jobs: JobQueue;
  let gone: string[];
  let channel: ScriptedChannel;
  let dispatcher: OutboxDispatcher;
  let me: string;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    outbox = new OutboxStore(database);
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(async () => {
    gone = [];
    await database.query('DELETE FROM outbox');
    use({ idempotent: true });
  });
  afterEach(async () => {
    await dispatcher.stop();
    await jobs.stop();
  });

  function use(delivery: Channel['delivery'], clock: Clock = new SystemClock()): void {
    me = newId();
    jobs = new MemoryJobQueue(clock);
    channel = new ScriptedChannel('chat', delivery);
    const replicas = { id: me, gone: async () => gone } as unknown as Replicas;
    const delivering = new Delivery(outbox, database, jobs, clock);
    dispatcher = new OutboxDispatcher(outbox, registryOf(channel), delivering, replicas, jobs, clock);
    dispatcher.onModuleInit();
  }

  async function start(): Promise<void> {
    await jobs.start();
    dispatcher.start();
  }

  async function reply(text: string, chatId = 'c1', ofChannel = 'chat'): Promise<string> {
    const id = newId();
    const message = JSON.stringify({ chat: { id: chatId, kind: 'direct' }, text });
    await database.query(
      'INSERT INTO outbox (id, channel, chat_id, run_id, user_id, message) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, ofChannel, chatId, newId(), 'ann', message],
    );
    dispatcher.wake();
    return id;
  }

  /** A row as somebody left it who began to send it. */
  async function begun(owner: string, leaseMs = 60_000): Promise<string> {
    const id = await reply('begun');
    await outbox.claim(owner, 'chat', 1, leaseMs);
    return id;
  }

  const row = (id: string): Promise<OutboxMessageEntity | null> =>
    database.repository(OutboxMessageEntity).findOneBy({ id });
  const untilState = (id: string, state: string): Promise<void> =>
    expect.poll(async () => (await row(id))?.state, PATIENCE).toBe(state);

  it('sends each message once and keeps its receipt; other channels are not its own', async () => {
    const other = await reply('elsewhere', 'c1', 'other');
    const id = await reply('hello');
    await start();
    await untilState(id, 'sent');
    expect(channel.sent).toEqual([{ deliveryKey: id, chat: { id: 'c1', kind: 'direct' }, text: 'hello' }]);
    expect(await row(id)).toMatchObject({ receipt: 'p1', attempts: 1 });
    expect((await row(id))?.finished_at).toBeInstanceOf(Date);
    expect((await row(other))?.state).toBe('pending');
  });

  it('sends what a chat gets one after the other, in order, and many chats at once', async () => {
    const held = Promise.withResolvers<{ receipt: string }>();
    channel.answer(held.promise);
    for (const text of ['1', '2', '3']) await reply(text, 'slow');
    for (const text of ['a', 'b']) await reply(text, text);
    await start();
    await expect.poll(() => channel.sent.map(({ text }) => text), PATIENCE).toEqual(['1', 'a', 'b']);
    held.resolve({ receipt: 'p' });
    await expect
      .poll(() => channel.sent.map(({ text }) => text), PATIENCE)
      .toEqual(['1', 'a', 'b', '2', '3']);
  });

  it('sends 16 messages to a channel at the same time at most', async () => {
    const held = Promise.withResolvers<{ receipt: string }>();
    channel.answer(...Array.from({ length: 20 }, () => held.promise));
    const ids: string[] = [];
    for (let chat = 0; chat < 20; chat++) ids.push(await reply('hi', `c${chat}`));
    await start();
    await expect.poll(() => channel.going, PATIENCE).toBe(16);
    held.resolve({ receipt: 'p' });
    for (const id of ids) await untilState(id, 'sent');
    expect(channel.mostGoing).toBe(16);
  });

  it('sends again, with the same key, after the time that the platform asks for', async () => {
    channel.answer(new ChannelError('retry', 'slow down', { retryAfterMs: 2_500 }));
    const id = await reply('hello');
    const begin = performance.now();
    await start();
    await untilState(id, 'sent');
    // Without being asked it would have been sent again after two seconds.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(2_490);
    expect(channel.sent.map(({ deliveryKey }) => deliveryKey)).toEqual([id, id]);
  });

  it('gives up what the platform will never take, and goes on with the chat', async () => {
    channel.answer(new ChannelError('rejected', 'no such chat'));
    const id = await reply('1');
    const next = await reply('2');
    await start();
    await untilState(next, 'sent');
    expect(await row(id)).toMatchObject({ state: 'failed', error: 'no such chat', attempts: 1 });
  });

  it('sends again without knowing what became of a message, where the platform knows it again', async () => {
    channel.answer(new ChannelError('unknown', 'no answer'));
    const id = await reply('hello');
    await start();
    await untilState(id, 'sent');
    expect(channel.sent.map(({ deliveryKey }) => deliveryKey)).toEqual([id, id]);
  });

  it.each([
    ['a channel says so', new ChannelError('unknown', 'no answer'), 'no answer'],
    ['a channel throws anything else', new TypeError('fetch failed'), 'TypeError: fetch failed'],
  ])('never sends a message twice whose fate is unknown because %s', async (_why, failure, error) => {
    use({ idempotent: false });
    channel.answer(failure);
    const id = await reply('1');
    const next = await reply('2');
    await start();
    await untilState(next, 'sent');
    expect(await row(id)).toMatchObject({ state: 'unknown', error, attempts: 1 });
    expect(channel.sent.map(({ text }) => text)).toEqual(['1', '2']);
  });

  it.each([
    [true, ['begun', 'next'], 'sent'],
    [false, ['next'], 'unknown'],
  ])(
    'ends the attempt of a replica that is gone (platform knows messages again: %s)',
    async (idempotent, texts, state) => {
      use({ idempotent });
      const owner = newId();
      const id = await begun(owner);
      const next = await reply('next');
      gone = [owner];
      await start();
      await untilState(next, 'sent');
      expect(channel.sent.map(({ text }) => text)).toEqual(texts);
      expect((await row(id))?.state).toBe(state);
    },
  );

  it('ends an attempt that took longer than its lease, whoever began it', async () => {
    use({ idempotent: false });
    const id = await begun(newId(), -1);
    await start();
    await untilState(id, 'unknown');
    expect(channel.sent).toEqual([]);
  });

  it('leaves the attempt of a living replica alone', async () => {
    const id = await begun(newId());
    const other = await reply('other chat', 'c2');
    await start();
    await untilState(other, 'sent');
    expect((await row(id))?.state).toBe('sending');
  });

  it('sends what it claimed by a statement whose answer was lost', async () => {
    use({ idempotent: false });
    const id = await begun(me);
    await start();
    await untilState(id, 'sent');
    expect(channel.sent).toHaveLength(1);
  });

  it('gives attempts that are going some time when it stops, and cuts them then', async () => {
    const clock = new ManualClock();
    use({ idempotent: false }, clock);
    channel.answer((signal) => {
      const held = Promise.withResolvers<{ receipt: string }>();
      signal.addEventListener('abort', () => held.reject(new Error('cut')), { once: true });
      return held.promise;
    });
    const id = await reply('1');
    const next = await reply('2');
    await start();
    await expect.poll(() => channel.sent.length, PATIENCE).toBe(1);
    const stopped = Promise.all([dispatcher.stop(), dispatcher.stop()]);
    const timers = clock.pending;
    await expect.poll(() => clock.pending, PATIENCE).toBeGreaterThan(timers);
    clock.advance(2_999);
    expect((await row(id))?.state).toBe('sending');
    clock.advance(1);
    await stopped;
    expect((await row(id))?.state).toBe('unknown');
    expect((await row(next))?.state).toBe('pending');
    await start();
    expect(channel.sent).toHaveLength(1);
  });
});
