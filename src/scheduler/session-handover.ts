import { Injectable, Logger } from '@nestjs/common';
import { JobQueue, LeaseStore, Replicas } from '#store';

/** Tells other replicas that a session's turn is free, when one of their runs waits for it. */
@Injectable()
export class SessionHandover {
  private readonly logger = new Logger('SessionHandover');

  constructor(
    private readonly replicas: Replicas,
    private readonly leases: LeaseStore,
    private readonly jobs: JobQueue,
  ) {}

  /** Never rejects: what is not told is found by whoever waits, a little later. */
  async turnIsFree(sessionId: string): Promise<void> {
    if (!this.replicas.hasPeers) return;
    try {
      if (await this.leases.hasWaiting(sessionId)) await this.jobs.add('session.wake', sessionId);
    } catch (error) {
      this.logger.warn(`whoever waits for session ${sessionId} could not be woken: ${String(error)}`);
    }
  }
}
