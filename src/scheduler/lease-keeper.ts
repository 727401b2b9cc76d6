import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '#config';
import { Clock } from '#kernel';
import { deploymentOf, LeaseStore, Replicas } from '#store';
import { readAbortReason } from './run-aborted.js';
import { RunWorker } from './run-worker.js';

/** A lease lasts 30 s by the database's clock, and is renewed at this interval. */
const RENEW_INTERVAL_MS = 10_000;
/** After a failed renewal the next try comes after this. */
const RETRY_INTERVAL_MS = 1_000;
/** A renewal without an answer has failed: its connection may be dead, while others work. */
const ANSWER_MAX_MS = 5_000;
/**
 * A replica that could not renew for this long (by its monotonic clock) stops its runs: soon others may work on them.
 * The rest of the 30 s is for tools to end.
 */
const CONFIRM_MAX_MS = 20_000;

/** Keeps the leases of the runs that this replica works on, and lets go of those that it may have lost. */
@Injectable()
export class LeaseKeeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('LeaseKeeper');
  /** Nobody else can take over what is in a directory that is locked. */
  private readonly isShared: boolean;
  private confirmedAt: number;
  private cancel: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly leases: LeaseStore,
    private readonly worker: RunWorker,
    private readonly replicas: Replicas,
    private readonly clock: Clock,
    config: ConfigService,
  ) {
    this.confirmedAt = clock.monotonic();
    this.isShared = deploymentOf(config).engine === 'postgres';
  }

  onModuleInit(): void {
    this.schedule(RENEW_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private schedule(ms: number): void {
    if (this.stopped) return;
    this.cancel = this.clock.after(ms, () => void this.tick());
  }

  private async tick(): Promise<void> {
    const { leased } = this.worker.active;
    const begun = this.clock.monotonic();
    // A renewal that hangs must not keep the fence from falling.
    const cancelFence = this.clock.after(this.confirmedAt + CONFIRM_MAX_MS - begun, () => this.fence());
    try {
      if (leased.length > 0) await this.renew(leased);
      this.confirmedAt = begun;
      this.schedule(RENEW_INTERVAL_MS);
    } catch (error) {
      this.logger.warn(`${leased.length} leases could not be renewed: ${String(error)}`);
      this.schedule(RETRY_INTERVAL_MS);
    } finally {
      cancelFence();
    }
  }

  private async renew(leased: readonly string[]): Promise<void> {
    const renewed = await this.answered(this.leases.renew(this.replicas.id, leased));
    const kept = new Set(renewed.map(({ id }) => id));
    const { active } = this.worker;
    // A run that has ended meanwhile is not renewed either.
    for (const id of leased) if (!kept.has(id) && active.has(id)) active.abort(id, 'lease-lost');
    for (const { id, abortReason } of renewed)
      if (abortReason) active.abort(id, readAbortReason(abortReason));
  }

  private async answered<T>(answer: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const cancel = this.clock.after(ANSWER_MAX_MS, () => late.reject(new Error('no answer in time')));
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      cancel();
    }
  }

  private fence(): void {
    const { active } = this.worker;
    if (!this.isShared || active.count === 0) return;
    this.logger.error(
      `${active.count} runs are stopped: their leases could not be renewed for ${CONFIRM_MAX_MS / 1_000} s, so another replica may take them over. Look at the connection to PostgreSQL.`,
    );
    active.abortAll('lease-lost');
  }
}
