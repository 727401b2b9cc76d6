import { hostname } from 'node:os';
import { newId, VERSION } from '#kernel';
import { type ReplicaInfo, Replicas } from './replicas.js';

/** The one gateway of an embedded database: the lock of the data directory says that every other owner is gone. */
export class SoleReplica extends Replicas {
  readonly id = newId();
  readonly isInTouch = true;
  readonly peerCount = 0;
  private readonly startedAt = new Date();

  override gone(owners: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(owners.filter((owner) => owner !== this.id));
  }

  override list(): Promise<readonly ReplicaInfo[]> {
    const { id, startedAt } = this;
    return Promise.resolve([{ id, host: hostname(), version: VERSION, startedAt }]);
  }
}
