import { Injectable, Logger } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { ConfigChanged } from '#bus';
import { ConfigService } from '#config';
import type { Lane } from '#contracts';
import { Clock } from '#kernel';
import { type Lease, type LeaseTerms, type NewRun, Replicas } from '#store';
import { ActiveRuns } from './active-runs.js';
import { type LaneSlots, laneSlots } from './lane-slots.js';
import { RunExecutor } from './run-executor.port.js';
import { laneLimits } from './scheduler.config.js';

/** A run that may be worked on, and for how long. */
export interface Started {
  readonly lease: Lease;
  readonly limitMs: number;
}

/** Runs in hand: their lane slots, their time limits, and whatever a shutdown waits for. */
@Injectable()
@EventsHandler(ConfigChanged)
export class RunWorker implements IEventHandler<ConfigChanged> {
  readonly active = new ActiveRuns();
  private readonly logger = new Logger('RunWorker');
  private readonly lanes: Readonly<Record<Lane, LaneSlots>>;
  private readonly works = new Set<Promise<unknown>>();

  constructor(
    private readonly executor: RunExecutor,
    private readonly replicas: Replicas,
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {
    this.lanes = laneSlots(laneLimits(config));
  }

  /** The number of slots may be another one. */
  handle(): void {
    const limits = laneLimits(this.config);
    this.lanes.main.resize(limits.main);
    this.lanes.subagent.resize(limits.subagent);
    this.lanes.cron.resize(limits.cron);
  }

  slots(lane: Lane): LaneSlots {
    return this.lanes[lane];
  }

  /** What a lease on the run is asked for with. @throws StoreError while the database is away. */
  async terms({ agentKey }: NewRun): Promise<LeaseTerms> {
    return { owner: this.replicas.id, limitMs: await this.executor.timeLimitMs(agentKey) };
  }

  /** Works on a leased run until its end, or the end of its time. Never rejects. */
  async work(run: NewRun, { lease, limitMs }: Started, signal: AbortSignal): Promise<void> {
    this.active.leasedNow(run.id);
    const cancel = this.clock.after(limitMs, () => void this.active.abort(run.id, 'deadline'));
    try {
      await this.executor.execute(run, lease, signal);
    } catch (error) {
      this.logger.error(`run ${run.id} broke its executor`, error);
    } finally {
      cancel();
    }
  }

  /** The run is out of hand; its slot is free. */
  letGo(run: NewRun): void {
    this.active.end(run.id);
    this.lanes[run.lane].release();
  }

  /** Makes a shutdown wait for `work`. */
  track<T>(work: Promise<T>): Promise<T> {
    this.works.add(work);
    const forget = (): void => void this.works.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when nothing is in hand. */
  async idle(): Promise<void> {
    while (this.works.size > 0) await Promise.allSettled(this.works);
  }
}
