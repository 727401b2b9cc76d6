import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newId, SystemClock } from '#kernel';
import { type Database, NOTIFICATION_MAX_BYTES } from '#store';
import { BATCH_MS, PgNotifications } from '../../src/store/replication/pg-notifications.js';
import type { PgReplicas } from '../../src/store/replication/pg-replicas.js';
import { CuttingProxy } from '../support/postgres/cutting-proxy.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { replicasOf, SharedDatabase } from '../support/replicas.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

interface Side {
  readonly database: Database;
  readonly replicas: PgReplicas;
  readonly notifications: PgNotifications;
  readonly heard: string[];
}

describeWithPostgres('notifications between replicas', () => {
  let shared: SharedDatabase;
  let proxy: CuttingProxy;
  beforeEach(async () => {
    shared = await SharedDatabase.create();
    proxy = await CuttingProxy.start(shared.dsn);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await shared[Symbol.asyncDispose]();
  });

  async function side(dsn?: string): Promise<Side> {
    const database = await shared.open(dsn);
    const replicas = replicasOf(database);
    const notifications = new PgNotifications(replicas.link, database, replicas, new SystemClock());
    const heard: string[] = [];
    notifications.subscribe('control', (message, from) =>
      heard.push(`${message} from ${from === replicas.id ? 'itself' : 'another'}`),
    );
    return { database, replicas, notifications, heard };
  }

  async function two(dsn?: string): Promise<[Side, Side]> {
    const first = await side();
    const second = await side(dsn);
    await expect.poll(() => first.replicas.hasPeers, PATIENCE).toBe(true);
    return [first, second];
  }

  it('reach the other one in the order in which they were sent, and never the sender', async () => {
    const [first, second] = await two();
    const messages = Array.from({ length: 500 }, (_, index) => `abort ${index} ${'x'.repeat(index)}`);
    for (const message of messages) first.notifications.publish('control', message);
    await expect.poll(() => second.heard.length, PATIENCE).toBe(messages.length);
    expect(second.heard).toEqual(messages.map((message) => `${message} from another`));
    expect(first.heard).toEqual([]);
  });

  it('carry what is awkward in a text, and equal ones each by itself', async () => {
    const [first, second] = await two();
    const awkward = [
      '',
      'a b\nc',
      '"\\',
      'ü🦀\ud800'.toWellFormed(),
      '🦀'.repeat(NOTIFICATION_MAX_BYTES / 4),
    ];
    for (const message of [...awkward, ...awkward]) first.notifications.publish('control', message);
    await expect.poll(() => second.heard.length, PATIENCE).toBe(2 * awkward.length);
    expect(second.heard.slice(0, awkward.length)).toEqual(awkward.map((text) => `${text} from another`));
  });

  it('that are too long, or that PostgreSQL could not carry, are refused', async () => {
    const { notifications } = await side();
    expect(() => notifications.publish('runs', 'ü'.repeat(NOTIFICATION_MAX_BYTES / 2 + 1))).toThrow(
      RangeError,
    );
    expect(() => notifications.publish('runs', 'a\0b')).toThrow(RangeError);
  });

  it('are not sent while nobody is there to hear them', async () => {
    const { database, notifications } = await side();
    const listener = await side();
    await listener.database.close();
    await expect.poll(() => replicasOf(database).hasPeers, PATIENCE).toBe(false);
    const sent = vi.spyOn(database, 'query');
    notifications.publish('control', 'anybody?');
    // More than the time in which messages are gathered.
    await new SystemClock().wait(5 * BATCH_MS);
    expect(sent).not.toHaveBeenCalled();
  });

  it('are not disturbed by what others send on the same channel', async () => {
    const [first, second] = await two();
    const junk = [
      '',
      'junk',
      '\n',
      '{}',
      `${newId()} 1\ncontrol 99999 x`,
      `${newId()} 1\ncontrol`,
      `${newId()} x\n`,
    ];
    for (const payload of [...junk, `${newId()} 1\nunknown 1 x`])
      await first.database.query(`SELECT pg_notify('goclaw', $1)`, [payload]);
    await first.database.query(`SELECT pg_notify('goclaw_replicas', 'bye')`);
    first.notifications.publish('control', 'still here');
    await expect.poll(() => second.heard, PATIENCE).toEqual(['still here from another']);
  });

  it('go on when one of the listeners fails', async () => {
    const [first, second] = await two();
    const heard: string[] = [];
    second.notifications.subscribe('bus', () => {
      throw new Error('a broken listener');
    });
    second.notifications.subscribe('bus', (message) => heard.push(message));
    first.notifications.publish('bus', 'agents');
    await expect.poll(() => heard, PATIENCE).toEqual(['agents']);
  });

  it('that may have been missed while the link was broken are reported as a gap', async () => {
    const [first, second] = await two(proxy.dsn);
    let gaps = 0;
    second.notifications.onGap(() => (gaps += 1));
    proxy.cutAll();
    await expect.poll(() => gaps, PATIENCE).toBe(1);
    first.notifications.publish('control', 'after the gap');
    await expect.poll(() => second.heard, PATIENCE).toEqual(['after the gap from another']);
  });

  it('that the sender could not send are reported to the others as a gap', async () => {
    const [first, second] = await two(proxy.dsn);
    let gaps = 0;
    first.notifications.onGap(() => (gaps += 1));
    second.notifications.publish('control', 'one');
    await expect.poll(() => first.heard.length, PATIENCE).toBe(1);
    const failing = vi
      .spyOn(second.database, 'query')
      .mockRejectedValueOnce(new Error('the database is away'));
    second.notifications.publish('control', 'lost');
    await expect.poll(() => failing.mock.calls.length, PATIENCE).toBe(1);
    second.notifications.publish('control', 'found');
    await expect.poll(() => first.heard, PATIENCE).toContain('found from another');
    expect(gaps).toBe(1);
    expect(first.heard).not.toContain('lost from another');
  });

  it('end with their subscription', async () => {
    const [first, second] = await two();
    const heard: string[] = [];
    const end = second.notifications.subscribe('runs', (message) => heard.push(message));
    first.notifications.publish('runs', 'one');
    await expect.poll(() => heard, PATIENCE).toEqual(['one']);
    end();
    first.notifications.publish('runs', 'two');
    first.notifications.publish('control', 'marker');
    await expect.poll(() => second.heard.length, PATIENCE).toBe(1);
    expect(heard).toEqual(['one']);
  });
});
