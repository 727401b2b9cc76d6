/** A gateway that is running. */
export interface ReplicaInfo {
  readonly id: string;
  readonly host: string;
  readonly version: string;
  readonly startedAt: Date;
}

/**
 * The gateways that run on one database. Each has an id that is new with every start, and is what leases name as
 * their owner.
 */
export abstract class Replicas {
  /** This one. */
  abstract readonly id: string;

  /** Whether the others can see this one. While they cannot, they may take over what it works on. */
  abstract readonly isInTouch: boolean;

  /** Others that are known to be there. */
  abstract readonly peerCount: number;

  /** Whether another one is known to be there. `false` saves what only others would need. */
  get hasPeers(): boolean {
    return this.peerCount > 0;
  }

  /**
   * Those of these owners that are gone: their process ended, or has been out of touch with the database for some
   * seconds. A gone owner may still be alive and unaware of it, so whoever takes over from it must fence it by epoch.
   * @throws StoreError `unavailable`
   */
  abstract gone(owners: readonly string[]): Promise<readonly string[]>;

  /** Those that are there now, this one among them, the oldest first. @throws StoreError `unavailable` */
  abstract list(): Promise<readonly ReplicaInfo[]>;
}
