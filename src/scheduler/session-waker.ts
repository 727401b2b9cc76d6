import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { JobQueue, Notifications } from '#store';
import { LeftRuns } from './left-runs.js';
import { freeSessionOf } from './session-handover.js';
import { Shutdown } from './shutdown.js';

/** Hears that the turn of a session has become free elsewhere. */
@Injectable()
export class SessionWaker implements OnModuleInit, OnModuleDestroy {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly left: LeftRuns,
    private readonly jobs: JobQueue,
    private readonly notifications: Notifications,
    private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('session.wake', async (sessionId) => {
      if (!this.shutdown.isDraining) await this.left.adoptNext(sessionId);
    });
    this.unsubscribe = this.notifications.subscribe('control', (message) => {
      const sessionId = freeSessionOf(message);
      if (sessionId !== undefined) this.left.wake(sessionId);
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }
}
