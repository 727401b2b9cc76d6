import type { AgentEvent } from '#protocol';

/** How long runs that were interrupted stood still, as their clients saw it. */
export class Recoveries {
  /** Milliseconds from a kill to the first event of the next attempt. */
  readonly timesMs: number[] = [];
  /** Runs that were seen in a second or later attempt. */
  private readonly again = new Set<string>();
  /** The last attempt that was seen of each run that goes. */
  private readonly going = new Map<string, number>();
  private readonly interrupted = new Map<string, { readonly attempt: number; readonly at: number }>();

  /** How many runs were taken up again, for whatever reason. */
  get resumed(): number {
    return this.again.size;
  }

  see({ runId, attempt, type }: AgentEvent): void {
    if (attempt === undefined) return;
    const stopped = this.interrupted.get(runId);
    if (stopped && attempt > stopped.attempt) {
      this.timesMs.push(performance.now() - stopped.at);
      this.interrupted.delete(runId);
    }
    this.going.set(runId, attempt);
    if (attempt > 1) this.again.add(runId);
    if (type === 'run.completed' || type === 'run.failed') {
      this.going.delete(runId);
      this.interrupted.delete(runId);
    }
  }

  /** A gateway was killed: what goes now is interrupted. */
  killed(): void {
    const at = performance.now();
    for (const [runId, attempt] of this.going) this.interrupted.set(runId, { attempt, at });
  }
}
