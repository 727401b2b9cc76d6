import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import { JobQueue, LeaseStore, Replicas } from '#store';
import { LeftRuns } from './left-runs.js';
import { ReservedSlots } from './reserved-slots.js';
import { Shutdown } from './shutdown.js';

/** How often a replica looks for runs that others left behind: alone there is hardly ever one. */
const SWEEP_INTERVAL_MS = 1_000;
const SWEEP_ALONE_INTERVAL_MS = 5_000;

/** What a sweep found. */
export interface Recovered {
  /** Interrupted runs that go on here, or were ended. */
  readonly interrupted: number;
  /** Waiting runs that have a place in a queue here now. */
  readonly waiting: number;
}

const NOTHING: Recovered = { interrupted: 0, waiting: 0 };

/** Finds runs that nobody works on, at start and ever after, and sees that each of them is finished. */
@Injectable()
export class RunRecovery implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('RunRecovery');
  private cancel: (() => void) | undefined;
  private sweeping: Promise<Recovered> | undefined;
  private hasOthers = false;
  private isFailing = false;

  constructor(
    private readonly leases: LeaseStore,
    private readonly left: LeftRuns,
    private readonly slots: ReservedSlots,
    private readonly replicas: Replicas,
    private readonly jobs: JobQueue,
    private readonly shutdown: Shutdown,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.slots.onSlot(() => this.look());
    this.jobs.handle('runs.recover', async () => void (await this.sweep()));
  }

  onModuleDestroy(): void {
    this.cancel?.();
  }

  /** Looks now, and from then on at intervals. @throws StoreError while the database is away. */
  async recover(): Promise<Recovered> {
    try {
      return await this.sweep();
    } finally {
      this.schedule();
    }
  }

  /** Leaves to other replicas, or to the next start, what this one has not finished. For the end of a shutdown. */
  async handOver(): Promise<number> {
    const count = await this.leases.release(this.replicas.id);
    if (count > 0 && this.replicas.hasPeers) await this.jobs.add('runs.recover', 'all');
    return count;
  }

  private schedule(): void {
    this.cancel?.();
    if (this.shutdown.isDraining) return;
    const isAlone = !this.replicas.hasPeers && !this.hasOthers;
    const interval = isAlone ? SWEEP_ALONE_INTERVAL_MS : SWEEP_INTERVAL_MS;
    this.cancel = this.clock.after(interval, () => void this.sweepAgain());
  }

  private async sweepAgain(): Promise<void> {
    try {
      await this.sweep();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing)
        this.logger.warn(`runs that were left behind cannot be looked for: ${String(error)}`);
      this.isFailing = true;
    } finally {
      this.schedule();
    }
  }

  private sweep(): Promise<Recovered> {
    this.sweeping ??= this.look().finally(() => (this.sweeping = undefined));
    return this.sweeping;
  }

  private async look(): Promise<Recovered> {
    if (this.shutdown.isDraining) return NOTHING;
    const others = await this.leases.otherOwners(this.replicas.id);
    this.hasOthers = others.length > 0;
    const gone = this.hasOthers ? await this.replicas.gone(others) : [];
    return { interrupted: await this.left.resume(gone), waiting: await this.left.adopt(gone) };
  }
}
