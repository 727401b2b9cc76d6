import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InboundMessage } from '#contracts';
import { type InboundStore, SoleElection } from '#store';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { inboundMessage, ScriptedChannel } from '../scripted-channel.fixture.js';
import { ChannelReceiver } from './channel-receiver.js';
import type { MessageIntake } from './message-intake.js';

describe('receiving from a channel', () => {
  let kept: InboundMessage[];
  let store: () => Promise<boolean>;
  let clock: ManualClock;
  let channel: ScriptedChannel;
  let stopping: AbortController;
  let ended: Promise<void>;
  let reads: number;

  const inbound = {
    receive: async (_channel: string, message: InboundMessage) => {
      const isNew = await store();
      kept.push(message);
      return isNew;
    },
    pending: async () => {
      reads++;
      return [];
    },
  } as unknown as InboundStore;

  beforeEach(() => {
    kept = [];
    reads = 0;
    store = () => Promise.resolve(true);
    clock = new ManualClock();
    channel = new ScriptedChannel();
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await ended;
  });

  async function start(): Promise<void> {
    const receiver = new ChannelReceiver(new SoleElection(), inbound, {} as MessageIntake, clock);
    ended = receiver.run(channel, stopping.signal);
    await expect.poll(() => channel.polls).toBe(1);
  }

  it('tells the channel that a message is durable only when it is', async () => {
    await start();
    const written = Promise.withResolvers<boolean>();
    store = () => written.promise;
    let acknowledged = false;
    const keeping = channel.sink?.(inboundMessage()).then(() => (acknowledged = true));
    await expect.poll(() => reads).toBe(1);
    expect(acknowledged).toBe(false);
    written.resolve(true);
    await keeping;
    expect(kept).toHaveLength(1);
    await expect.poll(() => reads).toBe(2);
  });

  it('takes a message again that is known already, and looks for nothing new', async () => {
    await start();
    await expect.poll(() => reads).toBe(1);
    store = () => Promise.resolve(false);
    await expect(channel.sink?.(inboundMessage())).resolves.toBeUndefined();
    expect(reads).toBe(1);
  });

  it('lets the channel bring a message again that could not be kept', async () => {
    await start();
    store = () => Promise.reject(new Error('away'));
    await expect(channel.sink?.(inboundMessage())).rejects.toThrow('away');
  });

  it('passes a message over that can never be kept', async () => {
    await start();
    await expect(channel.sink?.(inboundMessage({ platformMessageId: '' }))).resolves.toBeUndefined();
    expect(kept).toEqual([]);
  });

  it('polls again after a failure, with growing pauses', async () => {
    channel.failPolls(new Error('refused'), new Error('refused'));
    await start();
    for (const [pauseMs, polls] of [
      [1_000, 2],
      [2_000, 3],
    ] as const) {
      await expect.poll(() => clock.pending).toBe(2);
      clock.advance(pauseMs - 1);
      expect(channel.polls).toBe(polls - 1);
      clock.advance(1);
      await expect.poll(() => channel.polls).toBe(polls);
    }
  });

  it('leaves a channel alone that does not end when it is told to', async () => {
    channel.receive = () => new Promise(() => undefined);
    const receiver = new ChannelReceiver(new SoleElection(), inbound, {} as MessageIntake, clock);
    ended = receiver.run(channel, stopping.signal);
    await expect.poll(() => reads).toBe(1);
    stopping.abort();
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(3_000);
    await expect(ended).resolves.toBeUndefined();
  });
});
