import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '#kernel';
import { Database, Replicas } from '#store';
import { READINESS_TIMEOUT_MS } from '../http.limits.js';

export type PartState = 'ok' | 'unavailable' | 'shutting-down';

/** What a replica needs to take requests, part by part. */
export interface ReadinessReport {
  readonly database: PartState;
  /** The connection by which other replicas see this one, and hear of what happens here. */
  readonly replication: PartState;
  readonly gateway: PartState;
}

/** Whether this replica can take requests now. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private isShuttingDown = false;

  constructor(
    private readonly database: Database,
    private readonly replicas: Replicas,
    private readonly clock: Clock,
  ) {}

  async report(): Promise<ReadinessReport> {
    return {
      database: (await this.isDatabaseThere()) ? 'ok' : 'unavailable',
      replication: this.replicas.isInTouch ? 'ok' : 'unavailable',
      gateway: this.isShuttingDown ? 'shutting-down' : 'ok',
    };
  }

  /** From now on requests should go elsewhere. */
  stop(): void {
    this.isShuttingDown = true;
  }

  onModuleDestroy(): void {
    this.stop();
  }

  private async isDatabaseThere(): Promise<boolean> {
    const timeout = new AbortController();
    const late = this.clock.wait(READINESS_TIMEOUT_MS, timeout.signal).then(
      () => new Error('timeout'),
      () => undefined,
    );
    const error = await Promise.race([this.database.probe(), late]);
    timeout.abort();
    return error === undefined;
  }
}
