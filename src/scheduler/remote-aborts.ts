import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '#contracts';
import { type NewRun, Notifications, type OpenRunSelector, RunControlStore } from '#store';
import { REPLACED_BY_NEWER } from './queue-policy.js';
import { type AbortReason, readAbortReason, RunAborted } from './run-aborted.js';
import { RunTurns } from './run-turns.js';
import { RunWorker } from './run-worker.js';
import { WaitingRuns } from './waiting-runs.js';

/** Stopping runs that other replicas have: marked in their row, and told to whoever works on them. */
@Injectable()
export class RemoteAborts implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('RemoteAborts');
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly control: RunControlStore,
    private readonly notifications: Notifications,
    private readonly worker: RunWorker,
    private readonly turns: RunTurns,
    private readonly waiting: WaitingRuns,
  ) {}

  onModuleInit(): void {
    this.unsubscribe ??= this.notifications.subscribe('control', (message) => this.hear(message));
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }

  /** Stops the caller's runs that are meant, but for those of this replica (`except`). Returns their ids. */
  async abort(caller: Caller, selector: OpenRunSelector, reason: AbortReason): Promise<string[]> {
    const message = new RunAborted(reason).message;
    const { ended, asked } = await this.control.abort(caller, selector, reason, {
      message,
      code: 'FAILED_PRECONDITION',
    });
    const stopped = [...ended, ...asked];
    this.tell(stopped, reason);
    return stopped;
  }

  /** What other replicas have before `run` in its session gives way to it. */
  async makeWay(run: NewRun): Promise<void> {
    if (run.sessionId === undefined) return;
    const { waiting, asked } = await this.control.inTheWayOf(run.sessionId, run.id, 'interrupt');
    this.tell(asked, 'interrupt');
    const dropped = { state: 'dropped', message: REPLACED_BY_NEWER, code: 'RESOURCE_EXHAUSTED' } as const;
    for (const older of waiting) await this.waiting.close(older, dropped, REPLACED_BY_NEWER);
    this.tell(
      waiting.map(({ id }) => id),
      'interrupt',
    );
  }

  /** Runs that have ended are told as well: where they wait their clients must hear of it. */
  private tell(runIds: readonly string[], reason: AbortReason): void {
    for (const id of runIds) this.notifications.publish('control', `abort ${id} ${reason}`);
  }

  private hear(message: string): void {
    const [verb, runId, word] = message.split(' ');
    if (verb !== 'abort' || !runId || !word) return;
    const reason = readAbortReason(word);
    if (this.worker.active.abort(runId, reason)) return;
    this.turns.abortWaiting(runId, reason).catch((error: unknown) => {
      this.logger.warn(`run ${runId} was ended by another replica, and still waits here: ${String(error)}`);
    });
  }
}
