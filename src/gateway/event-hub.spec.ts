import { describe, expect, it } from 'vitest';
import { RunFeed, type LoggedRun } from '#agent';
import type { RunEvent } from '#contracts';
import { callerOf } from '../../test/support/callers.js';
import { EventHub } from './event-hub.js';
import { RunReplay } from './run-replay.js';
import { recordedInterest } from './recorded-interest.fixture.js';
import { openSocketPair } from './socket-pair.fixture.js';
import { SocketRegistry } from './socket-registry.js';

const RUN: LoggedRun = {
  runId: 'r1',
  userId: 'ann',
  agentKey: 'default',
  sessionKey: 'agent:default:ws:direct:ann',
};

function chunk(seq: number, content = `${seq} `): RunEvent {
  return { runId: 'r1', attempt: 1, seq, type: 'chunk', payload: { content } };
}

function hub(): { feed: RunFeed; registry: SocketRegistry; hub: EventHub; wanted: Set<string> } {
  const feed = new RunFeed();
  const { interest, wanted } = recordedInterest();
  const registry = new SocketRegistry(interest, { watch: () => () => undefined });
  const eventHub = new EventHub(feed, registry);
  eventHub.onModuleInit();
  return { feed, registry, hub: eventHub, wanted };
}

describe('the events of runs', () => {
  it('are wanted of other replicas for the users that have sockets here, and for watchers', async () => {
    const { registry, wanted } = hub();
    await using ann = await openSocketPair();
    await using ann2 = await openSocketPair();
    await using admin = await openSocketPair();
    for (const { socket } of [ann, ann2, admin]) registry.add(socket);
    for (const { socket } of [ann, ann2]) registry.identify(socket, callerOf('ann'));
    registry.identify(admin.socket, callerOf('root', 'admin'));
    registry.watchAll(admin.socket, true);
    expect([...wanted]).toEqual(['user:ann', 'user:root', 'all']);
    registry.remove(ann.socket);
    registry.remove(admin.socket);
    expect([...wanted]).toEqual(['user:ann']);
    registry.identify(ann2.socket, callerOf('bob'));
    expect([...wanted]).toEqual(['user:bob']);
    registry.remove(ann2.socket);
    expect([...wanted]).toEqual([]);
  });

  it('reach the sockets of the run’s user and of no one else', async () => {
    const { feed, registry } = hub();
    await using ann = await openSocketPair();
    await using ann2 = await openSocketPair();
    await using bob = await openSocketPair();
    await using anonymous = await openSocketPair();
    for (const { socket } of [ann, ann2, bob, anonymous]) registry.add(socket);
    for (const { socket } of [ann, ann2]) registry.identify(socket, callerOf('ann'));
    registry.identify(bob.socket, callerOf('bob'));
    feed.publish(chunk(1), RUN);
    feed.publish(chunk(1), { ...RUN, userId: 'bob' });
    await ann.until(() => [ann, ann2, bob].every(({ received }) => received.length > 0));
    expect(ann.received).toEqual([
      {
        type: 'event',
        event: 'agent',
        payload: {
          type: 'chunk',
          agentId: 'default',
          runId: 'r1',
          sessionKey: RUN.sessionKey,
          attempt: 1,
          seq: 1,
          payload: { content: '1 ' },
        },
        seq: 1,
      },
    ]);
    expect(ann2.received).toEqual(ann.received);
    expect(bob.received).toHaveLength(1);
    expect(anonymous.received).toEqual([]);
  });

  it('of all users reach a socket that asked for them, once each, until it is someone else', async () => {
    const { feed, registry } = hub();
    await using admin = await openSocketPair();
    registry.add(admin.socket);
    registry.identify(admin.socket, callerOf('root', 'admin'));
    registry.watchAll(admin.socket, true);
    feed.publish(chunk(1), RUN);
    feed.publish(chunk(2), { ...RUN, userId: 'root' });
    await admin.until(() => admin.received.length === 2);
    registry.identify(admin.socket, callerOf('root', 'viewer'));
    feed.publish(chunk(3), RUN);
    feed.publish(chunk(4), { ...RUN, userId: 'root' });
    await admin.until(() => admin.received.length === 3);
    expect(admin.received.map(({ payload }) => (payload as { seq: number }).seq)).toEqual([1, 2, 4]);
  });

  it('travel as chat when they are thinking or the final message, else as agent', async () => {
    const { feed, registry } = hub();
    await using pair = await openSocketPair();
    registry.add(pair.socket);
    registry.identify(pair.socket, callerOf('ann'));
    const log: RunEvent[] = [
      { runId: 'r1', attempt: 1, seq: 1, type: 'run.started', payload: undefined },
      { runId: 'r1', attempt: 1, seq: 2, type: 'thinking', payload: { content: 'hm' } },
      { runId: 'r1', attempt: 1, seq: 3, type: 'tool.call', payload: { id: 'c', name: 'glob' } },
      { runId: 'r1', attempt: 1, seq: 4, type: 'message', payload: { content: 'hi' } },
      { runId: 'r1', attempt: 1, seq: 5, type: 'run.completed', payload: { status: 'completed' } },
    ];
    for (const event of log) feed.publish(event, RUN);
    await pair.until(() => pair.received.length === log.length);
    expect(pair.received.map(({ event }) => event)).toEqual(['agent', 'chat', 'agent', 'chat', 'agent']);
    expect(pair.received[0]?.['payload']).not.toHaveProperty('payload');
  });

  it('do not overtake the replay of their run on a socket, and come live again afterwards', async () => {
    const { feed, registry } = hub();
    await using pair = await openSocketPair();
    registry.add(pair.socket);
    registry.identify(pair.socket, callerOf('ann'));
    const replay = new RunReplay(pair.socket, RUN);
    const live = (event: RunEvent): void => {
      feed.publish(event, RUN);
      replay.push(event);
    };
    for (let seq = 1; seq <= 500; seq++) replay.push(chunk(seq));
    live(chunk(501));
    await pair.until(() => pair.received.length > 10);
    live(chunk(502));
    await replay.sent();
    replay.end();
    feed.publish(chunk(503), RUN);
    await pair.until(() => pair.received.length >= 503);
    const seqs = pair.received.map(({ payload }) => (payload as { seq: number }).seq);
    expect(seqs).toEqual(Array.from({ length: 503 }, (_, index) => index + 1));
  });

  it('go on by the newer of two replays of one run', async () => {
    const { registry } = hub();
    await using pair = await openSocketPair();
    registry.add(pair.socket);
    const older = new RunReplay(pair.socket, RUN);
    for (let seq = 1; seq <= 500; seq++) older.push(chunk(seq));
    const newer = new RunReplay(pair.socket, RUN);
    older.push(chunk(501));
    for (let seq = 1; seq <= 3; seq++) newer.push(chunk(seq));
    await Promise.all([older.sent(), newer.sent()]);
    older.end();
    newer.push(chunk(4));
    await newer.sent();
    await pair.until(() => pair.received.length === 4);
    expect(pair.received.map(({ payload }) => (payload as { seq: number }).seq)).toEqual([1, 2, 3, 4]);
  });

  it('of a long log are replayed at the pace of the reader, without overflowing the socket', async () => {
    await using pair = await openSocketPair();
    pair.client.pause();
    const replay = new RunReplay(pair.socket, RUN);
    const count = 3_000;
    for (let seq = 1; seq <= count; seq++) replay.push(chunk(seq, 'x'.repeat(10_000)));
    await pair.until(() => pair.server.bufferedAmount > 0);
    expect(pair.socket.isOpen).toBe(true);
    pair.client.resume();
    await replay.sent();
    await pair.until(() => pair.received.length === count);
    expect(pair.socket.isOpen).toBe(true);
  });

  it('are not sent after the end of the hub', async () => {
    const { feed, registry, hub: eventHub } = hub();
    await using pair = await openSocketPair();
    registry.add(pair.socket);
    registry.identify(pair.socket, callerOf('ann'));
    eventHub.onModuleDestroy();
    feed.publish(chunk(1), RUN);
    pair.socket.respond('{"type":"res","id":1,"ok":true}');
    await pair.until(() => pair.received.length > 0);
    expect(pair.received).toEqual([{ type: 'res', id: 1, ok: true }]);
  });
});
