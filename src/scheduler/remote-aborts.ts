import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '#contracts';
import { type NewRun, Notifications, type OpenRunSelector, RunControlStore } from '#store';
import { REPLACED_BY_NEWER } from './queue-policy.js';
import { type AbortReason, readAbortReason, RunAborted } from './run-aborted.js';
import { RunWorker } from './run-worker.js';

/** Stopping runs that other replicas have: marked in their row, and told to whoever works on them. */
@Injectable()
export class RemoteAborts implements OnModuleInit, OnModuleDestroy {
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly control: RunControlStore,
    private readonly notifications: Notifications,
    private readonly worker: RunWorker,
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
    this.tell(asked, reason);
    return [...ended, ...asked];
  }

  /** What other replicas have before `run` in its session gives way to it. */
  async makeWay(run: NewRun): Promise<void> {
    if (run.sessionId === undefined) return;
    const note = { message: REPLACED_BY_NEWER, code: 'RESOURCE_EXHAUSTED' } as const;
    const { asked } = await this.control.makeWay(run.sessionId, run.id, 'interrupt', note);
    this.tell(asked, 'interrupt');
  }

  private tell(runIds: readonly string[], reason: AbortReason): void {
    for (const id of runIds) this.notifications.publish('control', `abort ${id} ${reason}`);
  }

  private hear(message: string): void {
    const [verb, runId, reason] = message.split(' ');
    if (verb !== 'abort' || !runId || !reason) return;
    this.worker.active.abort(runId, readAbortReason(reason));
  }
}
