import { newId } from '#kernel';
import { Notifications } from './notifications.js';
import { Replicas } from './replicas.js';

/** The one gateway of an embedded database: the lock of the data directory says that every other owner is gone. */
export class SoleReplica extends Replicas {
  readonly id = newId();
  readonly hasPeers = false;

  override gone(owners: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(owners.filter((owner) => owner !== this.id));
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
