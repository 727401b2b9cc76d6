import type { Provider } from '@nestjs/common';
import { Clock } from '#kernel';
import type { Database } from '../database/database.js';
import { GraphileJobQueue } from './graphile-job-queue.js';
import { JobQueue } from './job-queue.js';
import { MemoryJobQueue } from './memory-job-queue.js';
import { NoNotifications } from './no-notifications.js';
import { Notifications } from './notifications.js';
import { PgNotifications } from './pg-notifications.js';
import { Replicas } from './replicas.js';
import { SoleReplica } from './sole-replica.js';

/** `Replicas`, `Notifications` and `JobQueue`, as the engine of the database has them. */
export function replicationProviders(database: Database): Provider[] {
  const { replicas } = database;
  if (!replicas) {
    return [
      { provide: Replicas, useFactory: () => new SoleReplica() },
      { provide: Notifications, useFactory: () => new NoNotifications() },
      { provide: JobQueue, useFactory: (clock: Clock) => new MemoryJobQueue(clock), inject: [Clock] },
    ];
  }
  const { link } = replicas;
  return [
    { provide: Replicas, useValue: replicas },
    {
      provide: Notifications,
      useFactory: (clock: Clock) => new PgNotifications(link, database, replicas, clock),
      inject: [Clock],
    },
    {
      provide: JobQueue,
      useFactory: (clock: Clock) => new GraphileJobQueue(database, link.dsn, clock),
      inject: [Clock],
    },
  ];
}
