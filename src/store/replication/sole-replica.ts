import { hostname } from 'node:os';
import { newId, VERSION } from '#kernel';
import { Notifications } from './notifications.js';
import { type ReplicaInfo, Replicas } from './replicas.js';

/** The one gateway of an embedded database: the lock of the data directory says that every other owner is gone. */
export class SoleReplica extends Replicas {
  readonly id = newId();
  readonly hasPeers = false;
  private readonly startedAt = new Date();

  override gone(owners: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(owners.filter((owner) => owner !== this.id));
  }

  override list(): Promise<readonly ReplicaInfo[]> {
    const { id, startedAt } = this;
    return Promise.resolve([{ id, host: hostname(), version: VERSION, startedAt }]);
  }
}

/** There is nobody to talk to. */
export class NoNotifications extends Notifications {
  override publish(): void {
    // Nobody is there to hear it.
  }

  override subscribe(): () => void {
    return () => undefined;
  }

  override onGap(): () => void {
    return () => undefined;
  }
}
