import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#kernel';
import type { LogPosition } from '#protocol';
import { RunControlStore, RunStore } from '#store';
import type { LoggedRun } from '../runs/log-buffer.js';
import { RunFeed } from '../runs/run-feed.js';
import type { RunResult } from '../runs/run-request.js';
import { resultOf, unavailable } from '../runs/run-result.js';
import { RunResults } from '../runs/run-results.js';
import { RemoteRuns } from './remote-runs.js';

/** How often the rows of awaited runs are looked at: their last event may never come. */
const LOOK_INTERVAL_MS = 1_000;

const WITHDRAWN = 'The run was withdrawn: it was never certain that it was accepted. Send the request again.';

/** Waiting for the ends of runs that this process does not have in hand. */
@Injectable()
export class RemoteEnds implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('RemoteEnds');
  private readonly awaited = new Map<string, { readonly run: LoggedRun; readonly unfollow: () => void }>();
  private unsubscribe: (() => void) | undefined;
  private cancelLook: (() => void) | undefined;

  constructor(
    private readonly remote: RemoteRuns,
    private readonly feed: RunFeed,
    private readonly results: RunResults,
    private readonly runs: RunStore,
    private readonly control: RunControlStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.unsubscribe ??= this.feed.subscribe(({ type, runId }) => {
      if (type !== 'run.completed' && type !== 'run.failed') return;
      if (this.awaited.has(runId)) this.settle(runId).catch((error: unknown) => this.warn(error));
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
    this.cancelLook?.();
    for (const { unfollow } of this.awaited.values()) unfollow();
    this.awaited.clear();
  }

  /** How the run ends, whoever ends it. Its events are published here until then. Never rejects. */
  expect(run: LoggedRun): Promise<RunResult> {
    const end = this.results.expect(run.runId);
    this.watch(run);
    return end;
  }

  /** Whoever waits for the run here gets its end from elsewhere, and its events behind `after` until then. */
  watch(run: LoggedRun, after?: LogPosition): void {
    if (this.awaited.has(run.runId)) return;
    this.awaited.set(run.runId, { run, unfollow: this.remote.follow(run, after) });
    this.cancelLook ??= this.lookLater();
  }

  /** This process ends: nobody is waited for any more. Returns whose ends were awaited. */
  leaveAll(): LoggedRun[] {
    const runs = [...this.awaited.values()].map(({ run }) => run);
    this.onModuleDestroy();
    return runs;
  }

  private lookLater(): () => void {
    return this.clock.after(LOOK_INTERVAL_MS, () => void this.look());
  }

  private async look(): Promise<void> {
    try {
      const ended = await this.control.ended([...this.awaited.keys()]);
      await Promise.all(ended.map((runId) => this.settle(runId)));
    } catch (error) {
      this.warn(error);
    }
    this.cancelLook = this.awaited.size > 0 ? this.lookLater() : undefined;
  }

  private async settle(runId: string): Promise<void> {
    const record = await this.runs.read(runId);
    const awaited = this.awaited.get(runId);
    if (!awaited) return;
    awaited.unfollow();
    this.awaited.delete(runId);
    const { sessionKey } = awaited.run;
    this.results.settle(record ? resultOf(record) : unavailable({ id: runId, sessionKey }, WITHDRAWN));
  }

  private warn(error: unknown): void {
    this.logger.warn(`the ends of awaited runs could not be read, and are tried again: ${String(error)}`);
  }
}
