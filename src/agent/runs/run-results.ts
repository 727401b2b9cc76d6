import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RunResult } from './run-request.js';

/** Ids of ended runs that are remembered: for the moment between a run's end and the end of its turn. */
const ENDED_MAX = 10_000;

interface Pending {
  readonly promise: Promise<RunResult>;
  readonly resolve: (result: RunResult) => void;
}

/** Who waits for the end of which run, in this process. */
@Injectable()
export class RunResults {
  private readonly pending = new Map<string, Pending>();
  private readonly ended = new LRUCache<string, true>({ max: ENDED_MAX });

  /** The end of a run that is about to be accepted, or is open and has not {@link hasEnded}. Never rejects. */
  expect(runId: string): Promise<RunResult> {
    const known = this.pending.get(runId);
    if (known) return known.promise;
    const { promise, resolve } = Promise.withResolvers<RunResult>();
    this.pending.set(runId, { promise, resolve });
    return promise;
  }

  /** The end of a run, when somebody expects it. */
  waiting(runId: string): Promise<RunResult> | undefined {
    return this.pending.get(runId)?.promise;
  }

  /** Whether the run has ended a short while ago: its end is in its row, if anywhere. */
  hasEnded(runId: string): boolean {
    return this.ended.has(runId);
  }

  settle(result: RunResult): void {
    this.ended.set(result.runId, true);
    this.pending.get(result.runId)?.resolve(result);
    this.pending.delete(result.runId);
  }

  /** The run was not accepted after all, and nobody knows of it. */
  forget(runId: string): void {
    this.pending.delete(runId);
  }
}
