import { Injectable } from '@nestjs/common';
import type { RunResult } from './run-request.js';

interface Pending {
  readonly promise: Promise<RunResult>;
  readonly resolve: (result: RunResult) => void;
}

/** Who waits for the end of which run, in this process. */
@Injectable()
export class RunResults {
  private readonly pending = new Map<string, Pending>();

  /** The end of a run that is about to be accepted, or is open. Never rejects. */
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

  settle(result: RunResult): void {
    this.pending.get(result.runId)?.resolve(result);
    this.pending.delete(result.runId);
  }

  /** The run was not accepted after all. */
  forget(runId: string): void {
    this.pending.delete(runId);
  }
}
