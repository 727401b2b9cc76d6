import { Injectable, Logger } from '@nestjs/common';
import { JobQueue, LeaseStore, Notifications, Replicas } from '#store';

/** How long the replica that keeps a session's next run may take to begin with it, before others may take it. */
const BEGIN_WITHIN_MS = 250;

const WAKE = 'wake ';

/** Tells other replicas that a session's turn is free, when one of their runs waits for it. */
@Injectable()
export class SessionHandover {
  private readonly logger = new Logger('SessionHandover');

  constructor(
    private readonly replicas: Replicas,
    private readonly leases: LeaseStore,
    private readonly notifications: Notifications,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Whoever keeps the session's next run is told; the job is for whoever has room, should the run still wait then.
   * Never rejects: what is not told is found by whoever waits, a little later.
   */
  async turnIsFree(sessionId: string): Promise<void> {
    if (!this.replicas.hasPeers) return;
    try {
      if (!(await this.leases.hasWaiting(sessionId))) return;
      this.notifications.publish('control', WAKE + sessionId);
      await this.jobs.add('session.wake', sessionId, { delayMs: BEGIN_WITHIN_MS });
    } catch (error) {
      this.logger.warn(`whoever waits for session ${sessionId} could not be woken: ${String(error)}`);
    }
  }
}

/** The session that a message of another replica says to be free; `undefined` for another message. */
export function freeSessionOf(message: string): string | undefined {
  return message.startsWith(WAKE) ? message.slice(WAKE.length) : undefined;
}
