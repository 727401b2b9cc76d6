import { Injectable } from '@nestjs/common';
import type { Caller, RunEvent } from '#contracts';
import type { LogPosition } from '#protocol';
import { type AbortReason, Scheduler } from '#scheduler';
import { RunStore } from '#store';
import { AgentError } from '../agent.errors.js';
import { OpenRuns, type RunSelector } from './open-runs.js';
import type { RunHandle, RunRequest } from './run-request.js';
import { RunSubmission } from './run-submission.js';
import { RunWatch } from './run-watch.js';

/** The one way to an agent, for every entry point, whichever replica executes the run. */
@Injectable()
export class RunService {
  constructor(
    private readonly submission: RunSubmission,
    private readonly open: OpenRuns,
    private readonly watch: RunWatch,
    private readonly runs: RunStore,
    private readonly scheduler: Scheduler,
  ) {}

  /** Runs that are going in this process. */
  get activeCount(): number {
    return this.scheduler.activeCount;
  }

  /**
   * Accepts a run: from then on it is committed and will be executed once.
   * @throws AgentError `agent-not-found`, `agent-inactive`, `no-provider`, `message-empty`, `message-blocked`,
   *   `key-reused`; SchedulerError when there is no room; StoreError `unavailable`; AppError INVALID_REQUEST for a
   *   session key that cannot be used.
   */
  submit(request: RunRequest): Promise<RunHandle> {
    return this.submission.submit(request);
  }

  /** The run that an earlier request started. @throws AgentError `run-not-found` when the caller has none. */
  async attach(
    caller: Caller,
    selector: { runId: string } | { operation: string; idempotencyKey: string },
  ): Promise<RunHandle> {
    const record =
      'runId' in selector
        ? await this.runs.find(caller, selector.runId)
        : await this.runs.findByKey(caller, selector.operation, selector.idempotencyKey);
    if (!record) throw runNotFound();
    return this.open.handleOf(caller, record);
  }

  /**
   * Gives `listener` the run's events behind `after` (default: all), then every further one, in order, without gap or
   * repeat. What has become void meanwhile is left out; a `run.resumed` says so to a listener that has seen some of
   * it. Returns what ends that. @throws AgentError `run-not-found`
   */
  async follow(
    caller: Caller,
    runId: string,
    after: LogPosition | undefined,
    listener: (event: RunEvent) => void,
  ): Promise<() => void> {
    const unfollow = await this.watch.follow(caller, runId, after, listener);
    if (!unfollow) throw runNotFound();
    return unfollow;
  }

  /** Stops the caller's runs that are meant, going or waiting. Returns their ids. */
  abort(caller: Caller, selector: RunSelector, reason: AbortReason = 'user'): Promise<string[]> {
    return this.open.abort(caller, selector, reason);
  }

  /** This process ends: whoever still waits here for the end of a run is told to ask again. */
  leaveAll(): void {
    this.open.leaveAll();
  }

  /** Keys of the agents of which a run is going or waiting for the caller. */
  runningAgents(caller: Caller): Promise<ReadonlySet<string>> {
    return this.open.runningAgents(caller);
  }

  /** Waits until no run of the agent is open for the caller. `false` when the time ran out. */
  waitIdle(caller: Caller, agentKey: string, signal: AbortSignal): Promise<boolean> {
    return this.open.waitIdle(caller, agentKey, signal);
  }
}

function runNotFound(): AgentError {
  return new AgentError(
    'run-not-found',
    'run not found. Runs are kept for 90 days, idempotency keys for 24 hours.',
  );
}
