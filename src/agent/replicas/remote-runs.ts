import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '#kernel';
import type { LogPosition } from '#protocol';
import { Notifications, type RunRecord, RunStore } from '#store';
import type { LoggedRun } from '../runs/log-buffer.js';
import { LogTable } from '../runs/log-table.js';
import { RunLog } from '../runs/run-log.js';
import { RemoteLog } from './remote-log.js';
import { readSignal, type RunSignal } from './run-beacon.js';
import { RunInterest } from './run-interest.js';

/** Logs of other replicas that are remembered, beside those that are followed. */
const KNOWN_MAX = 5_000;

/** A followed log that nothing was heard of is looked into at this interval: a signal may have been lost. */
const LOOK_INTERVAL_MS = 1_000;

/** Runs that other replicas execute: their events come here from the table, when somebody here wants them. */
@Injectable()
export class RemoteRuns implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('RemoteRuns');
  private readonly followed = new Map<string, RemoteLog>();
  /** Logs of which nothing is known yet but a signal. */
  private readonly discovered = new Map<string, Promise<RemoteLog | undefined>>();
  private readonly known = new LRUCache<string, RemoteLog>({ max: KNOWN_MAX });
  private readonly ends: (() => void)[] = [];
  private cancelLook: (() => void) | undefined;

  constructor(
    private readonly notifications: Notifications,
    private readonly interest: RunInterest,
    private readonly runs: RunStore,
    private readonly log: RunLog,
    private readonly table: LogTable,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.ends.push(
      this.notifications.subscribe('runs', (message) => {
        const signal = readSignal(message);
        if (signal && !this.log.isLive(signal.runId))
          this.hear(signal).catch((error: unknown) => this.warn(error));
      }),
      this.notifications.onGap(() => this.lookIntoAll(0)),
    );
  }

  onModuleDestroy(): void {
    this.cancelLook?.();
    for (const end of this.ends.splice(0)) end();
  }

  /**
   * From now on every event of the run is published here too: those behind `after`, or behind what the log holds
   * already. Returns what ends that.
   */
  follow(run: LoggedRun, after?: LogPosition): () => void {
    const { log, unfollow } = this.begin(run, after);
    this.advance(log);
    return unfollow;
  }

  /** The same, once it is certain where that begins: everything before can be read in the table. @throws StoreError */
  async followFromNow(run: LoggedRun): Promise<() => void> {
    const { log, unfollow } = this.begin(run);
    try {
      await log.advance();
      return unfollow;
    } catch (error) {
      unfollow();
      throw error;
    }
  }

  private begin(run: LoggedRun, after?: LogPosition): { log: RemoteLog; unfollow: () => void } {
    const log = this.followed.get(run.runId) ?? this.known.get(run.runId) ?? this.newLog(run, after);
    if (after) log.skipTo(after);
    this.followed.set(run.runId, log);
    log.followers += 1;
    const unwant = this.interest.want(`run:${run.runId}`);
    this.cancelLook ??= this.lookLater();
    let isOver = false;
    const unfollow = (): void => {
      if (isOver) return;
      isOver = true;
      unwant();
      log.followers -= 1;
      if (log.followers === 0) this.followed.delete(run.runId);
    };
    return { log, unfollow };
  }

  private async hear({ runId, from, to }: RunSignal): Promise<void> {
    const log = this.followed.get(runId) ?? this.known.get(runId) ?? (await this.discover(runId, from));
    if (!log) return;
    if (this.interest.isWantedHere(log.run)) this.advance(log);
    else log.skipTo(to);
  }

  /** The first signal says from where: the answer to a later one may come sooner. */
  private discover(runId: string, from: LogPosition): Promise<RemoteLog | undefined> {
    const discovered =
      this.discovered.get(runId) ??
      this.runs
        .read(runId)
        .then((record) => record && this.remember(this.newLog(loggedRunOf(record), from)))
        .finally(() => this.discovered.delete(runId));
    this.discovered.set(runId, discovered);
    return discovered;
  }

  private remember(log: RemoteLog): RemoteLog {
    this.known.set(log.run.runId, log);
    return log;
  }

  private newLog(run: LoggedRun, after: LogPosition | undefined): RemoteLog {
    return new RemoteLog(run, after, this.table, (event) => {
      // Taken up here meanwhile: then it is published already.
      if (!this.log.isLive(run.runId) && !this.log.wrote(event)) this.log.relay(event, run);
    });
  }

  private advance(log: RemoteLog): void {
    if (this.log.isLive(log.run.runId)) return;
    log.lookedAt = this.clock.monotonic();
    log.advance().catch((error: unknown) => this.warn(error));
  }

  private lookLater(): () => void {
    return this.clock.after(LOOK_INTERVAL_MS, () => {
      this.lookIntoAll(LOOK_INTERVAL_MS);
      this.cancelLook = this.followed.size > 0 ? this.lookLater() : undefined;
    });
  }

  private lookIntoAll(notSinceMs: number): void {
    const before = this.clock.monotonic() - notSinceMs;
    for (const log of this.followed.values()) if (log.lookedAt <= before) this.advance(log);
  }

  private warn(error: unknown): void {
    this.logger.warn(`events of another replica could not be read, and are tried again: ${String(error)}`);
  }
}

export function loggedRunOf({ id: runId, userId, agentKey, sessionKey }: RunRecord): LoggedRun {
  return { runId, userId, agentKey, sessionKey };
}
