import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InboundStore, PendingMessage } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { REST_MS } from '../alarm.js';
import { inboundMessage, ScriptedChannel } from '../scripted-channel.fixture.js';
import { InboundWorker } from './inbound-worker.js';
import type { MessageIntake } from './message-intake.js';

/** Rows that wait, and what is done with them. */
class Desk {
  rows: PendingMessage[] = [];
  readonly taken: string[] = [];
  isAway = false;
  /** What becomes of a message: a pause, an error, or nothing more when it is taken. */
  take: (message: PendingMessage) => Promise<number | undefined> = () => Promise.resolve(undefined);

  add(id: string, chatId: string): void {
    this.rows.push({ id, chatId, message: inboundMessage(), attempts: 0, ageMs: 0 });
  }

  readonly inbound = {
    pending: async (_channel: string, busy: readonly string[], limit: number) => {
      if (this.isAway) throw new Error('away');
      return this.rows.filter(({ chatId }) => !busy.includes(chatId)).slice(0, limit);
    },
  } as InboundStore;

  readonly intake = {
    take: async (_channel: unknown, message: PendingMessage) => {
      this.taken.push(message.id);
      const pause = await this.take(message);
      if (pause === undefined) this.rows = this.rows.filter((row) => row !== message);
      return pause;
    },
  } as unknown as MessageIntake;
}

describe('the worker of a channel', () => {
  let desk: Desk;
  let clock: ManualClock;
  let worker: InboundWorker;
  let stopping: AbortController;
  let ended: Promise<void>;

  beforeEach(() => {
    desk = new Desk();
    clock = new ManualClock();
    worker = new InboundWorker(new ScriptedChannel(), desk.inbound, desk.intake, clock);
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await ended;
  });

  function start(): void {
    ended = worker.run(stopping.signal);
  }

  /** Time passes while somebody looks: the worker rests between two looks at the rows. */
  function taken(): readonly string[] {
    clock.advance(REST_MS);
    return desk.taken;
  }

  it('takes what waited before it came, then what it is woken for', async () => {
    desk.add('1', 'a');
    desk.add('2', 'a');
    start();
    await expect.poll(taken).toEqual(['1', '2']);
    desk.add('3', 'a');
    worker.wake();
    await expect.poll(taken).toEqual(['1', '2', '3']);
  });

  it('finds what nobody woke it for', async () => {
    start();
    await expect.poll(() => clock.pending).toBe(1);
    desk.add('1', 'a');
    clock.advance(2_000);
    await expect.poll(taken).toEqual(['1']);
  });

  it('keeps the order of a chat, and lets no chat wait for another', async () => {
    const slow = Promise.withResolvers<undefined>();
    desk.take = ({ id }) => (id === 'a1' ? slow.promise : Promise.resolve(undefined));
    for (const id of ['a1', 'a2', 'b1', 'b2']) desk.add(id, id.charAt(0));
    start();
    await expect.poll(taken).toEqual(['a1', 'b1', 'b2']);
    desk.add('a3', 'a');
    desk.add('c1', 'c');
    worker.wake();
    await expect.poll(taken).toEqual(['a1', 'b1', 'b2', 'c1']);
    slow.resolve(undefined);
    await expect.poll(taken).toEqual(['a1', 'b1', 'b2', 'c1', 'a2', 'a3']);
  });

  it('lets a message wait that has no room, and those behind it in its chat', async () => {
    let full = true;
    desk.take = () => Promise.resolve(full ? 5_000 : undefined);
    desk.add('1', 'a');
    desk.add('2', 'a');
    start();
    await expect.poll(taken).toEqual(['1']);
    await expect.poll(() => clock.pending).toBe(2);
    full = false;
    clock.advance(5_000);
    await expect.poll(taken).toEqual(['1', '1', '2']);
  });

  it('goes on after it could not say what became of a message, or could not read any', async () => {
    let failing = true;
    desk.take = () => (failing ? Promise.reject(new Error('away')) : Promise.resolve(undefined));
    desk.add('1', 'a');
    start();
    await expect.poll(taken).toEqual(['1']);
    await expect.poll(() => clock.pending).toBe(2);
    failing = false;
    desk.isAway = true;
    clock.advance(1_000);
    await expect.poll(() => clock.pending).toBe(1);
    desk.isAway = false;
    clock.advance(2_000);
    await expect.poll(taken).toEqual(['1', '1']);
  });

  it('works on 64 chats at the same time at most', async () => {
    const slow = Promise.withResolvers<undefined>();
    desk.take = () => slow.promise;
    for (let chat = 0; chat < 70; chat++) desk.add(`${chat}`, `chat-${chat}`);
    start();
    await expect.poll(() => taken().length).toBe(64);
    worker.wake();
    slow.resolve(undefined);
    await expect.poll(() => taken().length).toBe(70);
    expect(new Set(desk.taken).size).toBe(70);
  });

  it('ends with the message that it is at', async () => {
    const slow = Promise.withResolvers<undefined>();
    desk.take = () => slow.promise;
    desk.add('1', 'a');
    desk.add('2', 'a');
    start();
    await expect.poll(taken).toEqual(['1']);
    stopping.abort();
    slow.resolve(undefined);
    await ended;
    expect(desk.taken).toEqual(['1']);
    expect(clock.pending).toBe(0);
  });
});
