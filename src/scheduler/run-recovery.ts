import { Injectable } from '@nestjs/common';
import { type NewRun, type QueuedRun, RunStore } from '#store';
import { RunExecutor } from './run-executor.port.js';
import { Scheduler } from './scheduler.js';

/** Runs that are taken up per statement. */
const BATCH = 500;

/** At start: runs that a gone process was working on are ended, those that waited get their turn. */
@Injectable()
export class RunRecovery {
  constructor(
    private readonly runs: RunStore,
    private readonly scheduler: Scheduler,
    private readonly executor: RunExecutor,
  ) {}

  async recover(): Promise<{ interrupted: number; queued: number }> {
    return { interrupted: await this.endInterrupted(), queued: await this.requeueWaiting() };
  }

  private async endInterrupted(): Promise<number> {
    const seen = new Set<string>();
    for (;;) {
      const batch = (await this.runs.interrupted(BATCH)).filter(({ id }) => !seen.has(id));
      if (batch.length === 0) return seen.size;
      for (const run of batch) {
        // One that cannot be ended must not keep the gateway from starting.
        seen.add(run.id);
        const lease = await this.runs.takeOver(run.id);
        if (lease) await this.executor.interrupted(toNewRun(run), lease);
      }
    }
  }

  private async requeueWaiting(): Promise<number> {
    const waiting = await this.runs.queued(Number.MAX_SAFE_INTEGER);
    for (const run of waiting) {
      // Its client is gone and sends the request again by itself.
      if (run.origin === 'http' && !run.input.detached) {
        await this.runs.closeQueued(
          run.id,
          'failed',
          'The gateway was restarted. Send the request again.',
          'UNAVAILABLE',
        );
      } else {
        this.scheduler.requeue(toNewRun(run));
      }
    }
    return waiting.length;
  }
}

function toNewRun(run: QueuedRun): NewRun {
  return {
    id: run.id,
    caller: run.caller,
    agentId: run.agentId,
    agentKey: run.agentKey,
    sessionKey: run.sessionKey,
    lane: run.lane,
    origin: run.origin,
    operation: run.operation,
    input: run.input,
    ...(run.sessionId !== undefined && { sessionId: run.sessionId }),
    ...(run.channel !== undefined && { channel: run.channel }),
  };
}
