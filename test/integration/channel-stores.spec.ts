import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { InboundMessage } from '#contracts';
import { newId } from '#kernel';
import {
  type ClaimedMessage,
  type Database,
  InboundMessageEntity,
  InboundStore,
  OutboxMessageEntity,
  OutboxStore,
  type PendingMessage,
  type RetryTerms,
} from '#store';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.js';

const LEASE_MS = 60_000;
const LAPSED = -1;
const me = newId();

function inbound(overrides: Partial<InboundMessage> = {}): InboundMessage {
  return {
    platformMessageId: newId(),
    chat: { id: 'c1', kind: 'direct' },
    sender: { id: 'ann', name: 'Ann' },
    text: 'Hello \u0000 there',
    ...overrides,
  };
}

function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length > 1) throw new Error(`There are ${values.length}, not one.`);
  return value;
}

describeEachEngine('stores of channels', (make) => {
  let engine: EngineUnderTest;
  let database: Database;
  let inbox: InboundStore;
  let outbox: OutboxStore;
  let channel: string;

  beforeAll(async () => {
    engine = await make();
    database = await engine.open();
    inbox = new InboundStore(database);
    outbox = new OutboxStore(database);
  });
  afterAll(async () => {
    await database.close();
    await engine.remove();
  });
  beforeEach(() => {
    channel = `test-${newId()}`;
  });

  async function kept(message = inbound()): Promise<PendingMessage> {
    await inbox.receive(channel, message);
    const rows = await inbox.pending(channel, [], 100);
    return only(rows.filter(({ message: { platformMessageId: id } }) => id === message.platformMessageId));
  }

  const inboundRow = (id: string): Promise<InboundMessageEntity | null> =>
    database.repository(InboundMessageEntity).findOneBy({ id });
  const outboxRow = (id: string): Promise<OutboxMessageEntity | null> =>
    database.repository(OutboxMessageEntity).findOneBy({ id });

  /** As the end of a run writes it. */
  async function reply(text: string, chatId = 'c1', runId = newId()): Promise<string> {
    const id = newId();
    const message = JSON.stringify({ chat: { id: chatId, kind: 'direct' }, text });
    await database.query(
      'INSERT INTO outbox (id, channel, chat_id, run_id, user_id, message) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, channel, chatId, runId, 'ann', message],
    );
    return id;
  }

  const claim = (limit = 10, owner = me, leaseMs = LEASE_MS): Promise<ClaimedMessage[]> =>
    outbox.claim(owner, channel, limit, leaseMs);

  function terms(overrides: Partial<RetryTerms> = {}): RetryTerms {
    return {
      error: 'try again',
      delayMs: 0,
      attemptsMax: 3,
      ageMaxMs: 60_000,
      endState: 'failed',
      ...overrides,
    };
  }

  it('keep a message once, however often it comes, and that of another channel beside it', async () => {
    const message = inbound();
    expect(await inbox.receive(channel, message)).toBe(true);
    expect(await inbox.receive(channel, { ...message, text: 'edited' })).toBe(false);
    expect(await inbox.receive(`${channel}-2`, message)).toBe(true);
    const row = only(await inbox.pending(channel, [], 10));
    expect(row).toMatchObject({
      chatId: 'c1',
      attempts: 0,
      message: { sender: message.sender, text: 'Hello \uFFFD there' },
    });
    expect(row.ageMs).toBeGreaterThanOrEqual(0);
    expect(row.ageMs).toBeLessThan(60_000);
  });

  it('hand out waiting messages in the order of their arrival, but those of busy chats', async () => {
    for (const [text, chat] of [
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'a'],
      ['4', 'c'],
    ] as const)
      await inbox.receive(channel, inbound({ text, chat: { id: chat, kind: 'group' } }));
    const texts = async (busy: string[], limit: number): Promise<string[]> =>
      (await inbox.pending(channel, busy, limit)).map(({ message }) => message.text);
    expect(await texts([], 10)).toEqual(['1', '2', '3', '4']);
    expect(await texts(['a'], 10)).toEqual(['2', '4']);
    expect(await texts([], 2)).toEqual(['1', '2']);
  });

  it('remember which run a message has, and why one waits', async () => {
    const { id } = await kept();
    await inbox.defer(id, 'no room');
    expect(await inboundRow(id)).toMatchObject({ state: 'pending', attempts: 1, error: 'no room' });
    const runId = newId();
    await inbox.accept(id, runId);
    expect(await inboundRow(id)).toMatchObject({ state: 'accepted', run_id: runId, error: null });
    expect(await inbox.pending(channel, [], 10)).toEqual([]);
    await inbox.accept(id, newId());
    expect(await inboundRow(id)).toMatchObject({ run_id: runId });
  });

  it('tell the writer of a refused message once, however often that is written', async () => {
    const { id, message } = await kept();
    const rejection = {
      reason: 'blocked',
      userId: 'ann',
      reply: { chat: message.chat, text: 'Sorry.', replyTo: message.platformMessageId },
    };
    await inbox.reject(id, rejection);
    await inbox.reject(id, rejection);
    expect(await inboundRow(id)).toMatchObject({ state: 'rejected', error: 'blocked' });
    const sent = only(await claim());
    expect(sent).toMatchObject({ channel, attempts: 1, owner: me });
    expect(sent.message).toEqual({ deliveryKey: sent.id, ...rejection.reply });
    await outbox.end(sent, { state: 'sent' });
    expect(await claim()).toEqual([]);
  });

  it('hand out the first open message of each chat, and the next one when that has ended', async () => {
    const first = await reply('1', 'a');
    const other = await reply('2', 'b');
    const next = await reply('3', 'a');
    const claimed = await claim();
    expect(claimed.map(({ id }) => id)).toEqual([first, other]);
    expect(await claim()).toEqual([]);
    expect(await outbox.end(claimed[0] as ClaimedMessage, { state: 'sent', receipt: 'p1' })).toBe(true);
    expect(await outboxRow(first)).toMatchObject({ state: 'sent', receipt: 'p1', error: null });
    expect((await claim()).map(({ id }) => id)).toEqual([next]);
  });

  it('give one message to one of many that claim at once', async () => {
    for (let chat = 0; chat < 5; chat++) await reply('hi', `chat-${chat}`);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(2, newId())));
    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(5);
  });

  it('hold back a message until its time has come, and those behind it in the chat', async () => {
    const id = await reply('1');
    await reply('2');
    const claimed = only(await claim());
    expect(await outbox.retry(claimed, terms({ delayMs: 60_000 }))).toBe('pending');
    expect(await claim()).toEqual([]);
    await database.query(`UPDATE outbox SET next_attempt_at = now() WHERE id = $1`, [id]);
    expect(only(await claim())).toMatchObject({ id, attempts: 2 });
  });

  it.each(['failed', 'unknown'] as const)('give a message up as %s after its last attempt', async (state) => {
    const id = await reply('1');
    const next = await reply('2');
    for (const expected of ['pending', 'pending', state]) {
      const claimed = only(await claim());
      expect(await outbox.retry(claimed, terms({ endState: state }))).toBe(expected);
    }
    expect(await outboxRow(id)).toMatchObject({ state, attempts: 3, error: 'try again' });
    expect((await outboxRow(id))?.finished_at).toBeInstanceOf(Date);
    expect(only(await claim()).id).toBe(next);
  });

  it('give a message up when it is too old for another attempt', async () => {
    await reply('1');
    const claimed = only(await claim());
    expect(await outbox.retry(claimed, terms({ ageMaxMs: 0 }))).toBe('failed');
  });

  it('ignore whoever lost a message to a later claim', async () => {
    const id = await reply('1');
    const late = only(await claim(1, newId()));
    await outbox.release(late);
    const current = only(await claim());
    expect(current).toMatchObject({ id, attempts: 2 });
    expect(await outbox.end(late, { state: 'failed', error: 'late' })).toBe(false);
    expect(await outbox.retry(late, terms())).toBeUndefined();
    await outbox.release(late);
    expect(await outbox.end({ ...current, attempts: 1 }, { state: 'failed', error: 'late' })).toBe(false);
    expect(await outboxRow(id)).toMatchObject({ state: 'sending', attempts: 2, lease_owner: me });
    expect(await outbox.end(current, { state: 'unknown', error: 'cut' })).toBe(true);
    expect(await outbox.end(current, { state: 'sent' })).toBe(false);
    expect(await outboxRow(id)).toMatchObject({ state: 'unknown', error: 'cut' });
  });

  it('show the attempts that nobody ended, and which of them took too long', async () => {
    await reply('1', 'a');
    await reply('2', 'b');
    const lapsed = only(await claim(1, me, LAPSED));
    const going = only(await claim(1));
    expect(await outbox.sending([channel], 10)).toMatchObject([
      { id: lapsed.id, owner: me, attempts: 1, lapsed: true },
      { id: going.id, owner: me, attempts: 1, lapsed: false },
    ]);
    expect(await outbox.sending(['another'], 10)).toEqual([]);
  });

  it('forget what is older than they are told, but what still waits to be accepted', async () => {
    const waiting = await kept();
    const taken = await kept();
    await inbox.accept(taken.id, newId());
    const old = await reply('old', 'a');
    const fresh = await reply('new', 'b');
    await database.query(`UPDATE inbound_messages SET received_at = now() - interval '31 days'`);
    await database.query(`UPDATE outbox SET created_at = now() - interval '31 days' WHERE id = $1`, [old]);
    expect(await inbox.prune(30)).toBeGreaterThanOrEqual(1);
    expect(await outbox.prune(30)).toBe(1);
    expect(await inboundRow(taken.id)).toBeNull();
    expect(await inboundRow(waiting.id)).not.toBeNull();
    expect([await outboxRow(old), (await outboxRow(fresh))?.id]).toEqual([null, fresh]);
  });
});
