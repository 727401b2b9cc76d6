import { newId } from '#kernel';
import type { Replicas } from '#store';
import { WiredNotifications } from './wired-notifications.js';

/** Replicas of one process that tell each other everything at once, without a database. */
export class ReplicaWire {
  private readonly members = new Set<WiredNotifications>();

  join(): WiredReplica {
    const member = new WiredNotifications(newId(), this.members);
    this.members.add(member);
    const { members } = this;
    const replicas = {
      id: member.id,
      get hasPeers() {
        return members.size > 1;
      },
    } as Replicas;
    return { notifications: member, replicas, leave: () => void this.members.delete(member) };
  }
}

export interface WiredReplica {
  readonly notifications: WiredNotifications;
  readonly replicas: Replicas;
  leave(): void;
}
