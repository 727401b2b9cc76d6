import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { UserDataStore } from '#store';
import { Tracer } from '#tracing';
import { RunService } from '../runs/run.service.js';
import { ErasureError } from './erasure.errors.js';

/** Runs that were told to stop get this long. */
const STOP_MAX_MS = 30_000;
const STOP_POLL_MS = 100;

/** Replicas write traces and logs of what they did up to this long after it. */
const LATE_WRITES_MS = 2_500;

/** The runs of somebody who is being erased, on whatever replica. */
@Injectable()
export class UserRuns {
  constructor(
    private readonly data: UserDataStore,
    private readonly runs: RunService,
    private readonly tracer: Tracer,
    private readonly clock: Clock,
  ) {}

  /** Resolves when none goes or waits. @throws ErasureError `runs-going` */
  async stop(userId: string): Promise<void> {
    const owner: Caller = { userId, role: 'admin', scopes: [], credential: { kind: 'system' } };
    const end = this.clock.monotonic() + STOP_MAX_MS;
    while (await this.data.hasOpenRuns(userId)) {
      if (this.clock.monotonic() > end) throw new ErasureError('runs-going', userId);
      await this.runs.abort(owner, {});
      await this.clock.wait(STOP_POLL_MS);
    }
  }

  /** What was under way when they were stopped comes to its end. @throws ErasureError `runs-going` */
  async settle(userId: string): Promise<void> {
    await this.tracer.flush();
    await this.clock.wait(LATE_WRITES_MS);
    await this.stop(userId);
    await this.tracer.flush();
  }
}
