import type { EventBus } from '@nestjs/cqrs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CacheInvalidated, type DomainEvent, DomainEvents, PairingChanged } from '#bus';
import { SystemClock } from '#kernel';
import { Changes } from '#permissions';
import { AuditStore, type Database, isOutcomeUnknown } from '#store';
import { PgNotifications } from '../../src/store/replication/pg-notifications.js';
import { callerOf } from '../support/callers.js';
import { CuttingProxy } from '../support/postgres/cutting-proxy.js';
import { describeWithPostgres } from '../support/postgres/index.js';
import { replicasOf, SharedDatabase } from '../support/replicas.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
const ADMIN = callerOf('admin');

interface Side {
  readonly database: Database;
  readonly changes: Changes;
  readonly notifications: PgNotifications;
  /** Published here. */
  readonly published: DomainEvent[];
}

describeWithPostgres('a change', () => {
  let shared: SharedDatabase;
  let heard: string[];
  beforeEach(async () => {
    shared = await SharedDatabase.create();
    const other = await side();
    heard = [];
    other.notifications.subscribe('bus', (message) => heard.push(message));
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  async function side(dsn?: string): Promise<Side> {
    const database = await shared.open(dsn);
    const replicas = replicasOf(database);
    const notifications = new PgNotifications(replicas.link, database, replicas, new SystemClock());
    const published: DomainEvent[] = [];
    const bus = {
      publish: (event: DomainEvent) => void published.push(event),
    } as unknown as EventBus<DomainEvent>;
    const events = new DomainEvents(bus, notifications);
    return {
      database,
      notifications,
      published,
      changes: new Changes(database, new AuditStore(database), events),
    };
  }

  const events = [new CacheInvalidated('agent', 'x'), new PairingChanged('revoked', 'y')];
  const change = { action: 'a.b', target: { type: 'a' }, events, result: 1 };

  it('reaches the other replicas with its commit, whatever becomes of the process after it', async () => {
    const { changes, database } = await side();
    const commit = changes.commit(ADMIN, () => Promise.resolve(change));
    // The process ends with the commit: what it had left to do is not done.
    await commit;
    await database.close();
    await expect.poll(() => heard, PATIENCE).toEqual(['cache:agent x', 'pairing:revoked y']);
  });

  it('that is rolled back is told to nobody', async () => {
    const { changes, published, database } = await side();
    const failing = changes.commit(ADMIN, async (tx) => {
      // A constraint that is looked at with the commit, after everything else was done.
      await tx.query('CREATE TABLE late (a int, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)');
      await tx.query('INSERT INTO late VALUES (1), (1)');
      return change;
    });
    await expect(failing).rejects.toThrow('late');
    await changes.commit(ADMIN, () => Promise.resolve({ ...change, events: [new CacheInvalidated('mcp')] }));
    await expect.poll(() => heard, PATIENCE).toEqual(['cache:mcp ']);
    expect(published).toEqual([new CacheInvalidated('mcp')]);
    await expect(database.query(`SELECT action FROM audit_log`)).resolves.toEqual([{ action: 'a.b' }]);
  });

  it('of which nobody knows whether it was committed makes what is remembered be read again', async () => {
    await using proxy = await CuttingProxy.start(shared.dsn);
    const { changes, published } = await side(proxy.dsn);
    proxy.loseAnswerTo('COMMIT');
    const unknown = changes.commit(ADMIN, () => Promise.resolve(change));
    await expect(unknown).rejects.toSatisfy(isOutcomeUnknown);
    expect(published).toEqual([events[0]]);
  });
});
