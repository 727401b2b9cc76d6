import { Injectable, Logger } from '@nestjs/common';
import { DomainEvents, RunFinished } from '#bus';
import { Clock } from '#kernel';
import type { LogPosition } from '#protocol';
import { type AbortReason, abortReasonOf, RunAborted } from '#scheduler';
import { isUnavailable, type Lease, type NewRun, type RunEnd } from '#store';
import type { RunTrace } from '#tracing';
import type { LogWriter } from '../runs/run-log.js';
import type { RunResult } from '../runs/run-request.js';
import { RemoteEnds } from '../replicas/remote-ends.js';
import { RunResults } from '../runs/run-results.js';
import { failureOf, type RunFailure } from './failure.js';
import { type LoopProgress, progressOf } from './loop-task.js';
import { replyTo } from './run-reply.js';
import { RunSteps } from './run-steps.js';

/** A run that is about to end, and how. */
export interface Ending {
  readonly run: NewRun;
  readonly lease: Lease;
  readonly log: LogWriter;
  readonly trace: RunTrace;
  readonly progress: LoopProgress;
  readonly state: RunEnd['state'];
  readonly error?: RunFailure;
}

/** How an attempt at a run ends. `left`: the run stays open, and goes on in another attempt. */
export type Outcome = Pick<Ending, 'state' | 'error'> | { readonly left: 'shutdown' | 'lease-lost' };

const INTERNAL_ERROR: RunFailure = {
  code: 'INTERNAL',
  message: 'The run failed for an internal reason, which was logged. Try again.',
};

/** Writes the end of a run, and only then tells those who watch and those who wait. */
@Injectable()
export class RunEnding {
  private readonly logger = new Logger('RunEnding');

  constructor(
    private readonly steps: RunSteps,
    private readonly results: RunResults,
    private readonly events: DomainEvents,
    private readonly ends: RemoteEnds,
    private readonly clock: Clock,
  ) {}

  /** How a run ends that was stopped by `error`, or why it stays open. */
  outcomeOf(error: unknown, signal: AbortSignal, runId: string): Outcome {
    const reason = reasonOf(error, signal);
    if (reason === 'shutdown' || reason === 'lease-lost') return { left: reason };
    if (reason === 'deadline') {
      return {
        state: 'failed',
        error: { code: 'AGENT_TIMEOUT', message: new RunAborted('deadline').message },
      };
    }
    if (reason) return { state: 'aborted' };
    const failure = failureOf(error);
    if (!failure) this.logger.error(`run ${runId} failed`, error);
    return { state: 'failed', error: failure ?? INTERNAL_ERROR };
  }

  /** While the database is away the end waits for it; only the end of the process stops that. */
  async end(ending: Ending): Promise<void> {
    const { run, lease } = ending;
    try {
      if (!(await this.steps.finish(lease, endOf(ending)))) return this.leave(ending, 'lease-lost');
    } catch (failure) {
      if (isUnavailable(failure)) return this.leave(ending, 'shutdown');
      this.logger.error(`the end of run ${run.id} could not be written`, failure);
      return this.endWithoutContent(ending);
    }
    this.announce(ending);
  }

  /** The database refuses what the run brought forth: without that it ends, so that its session is free. */
  private async endWithoutContent(ending: Ending): Promise<void> {
    const { run, lease } = ending;
    const progress = progressOf({ attempt: 1 });
    const failed = { ...ending, progress, state: 'failed', error: INTERNAL_ERROR } as const;
    try {
      if (!(await this.steps.finish(lease, endOf(failed)))) return this.leave(failed, 'lease-lost');
    } catch (failure) {
      this.logger.error(`run ${run.id} could not be ended; the next start ends it`, failure);
      return this.leave(failed, 'shutdown');
    }
    this.announce(failed);
  }

  private announce(ending: Ending): void {
    const { run, lease, state } = ending;
    this.publish(ending);
    this.settle(ending, state);
    this.events.publish(
      new RunFinished(run.id, run.agentKey, run.caller, lease.session?.id, run.sessionKey, state),
    );
  }

  /** The run stays open. When this process stops, whoever waits is told to ask again; else they go on waiting. */
  leave(ending: Omit<Ending, 'state'>, reason: 'shutdown' | 'lease-lost'): void {
    const error: RunFailure = {
      code: 'UNAVAILABLE',
      message: `${new RunAborted(reason).message} Ask again shortly.`,
    };
    ending.trace.end(
      { status: 'error', output: ending.progress.content, error: error.message },
      this.clock.now(),
    );
    const { position } = ending.log;
    ending.log.leave();
    if (reason === 'shutdown') this.settle({ ...ending, error }, 'failed');
    else this.elsewhere(ending.run, position);
  }

  /** Whoever waits for the run here gets its further events and its end from wherever it goes on. */
  elsewhere({ id: runId, caller, agentKey, sessionKey }: NewRun, after: LogPosition): void {
    if (this.results.waiting(runId))
      this.ends.watch({ runId, userId: caller.userId, agentKey, sessionKey }, after);
  }

  private publish({ log, trace, progress, state, error }: Ending): void {
    const { content, usage, cut } = progress;
    if (state === 'failed') {
      log.append('run.failed', { error: error?.message ?? '', code: error?.code ?? 'INTERNAL' });
    } else {
      log.append('message', { content });
      log.append('run.completed', { status: state, usage, ...(cut && { cut }) });
    }
    log.close();
    const failed = error && { error: error.message };
    trace.end(
      { status: state === 'failed' ? 'error' : 'completed', output: content, ...failed },
      this.clock.now(),
    );
  }

  private settle({ run, progress, error }: Omit<Ending, 'state'>, outcome: RunResult['outcome']): void {
    const { content, usage, cut } = progress;
    const { id: runId, sessionKey } = run;
    const details = { ...(error && { error }), ...(cut && { cut }) };
    this.results.settle({ runId, sessionKey, outcome, content, usage, ...details });
  }
}

function endOf({ run, progress, state, error }: Ending): RunEnd {
  const { content, usage, unsaved: messages, cut, model, provider } = progress;
  const reply = replyTo(run, { outcome: state, content, ...(error && { error }) });
  return {
    state,
    content,
    usage,
    messages,
    ...(error && { error }),
    ...(cut && { cut }),
    ...(model && { model }),
    ...(provider && { provider }),
    ...(reply && { reply }),
  };
}

/** Why a run was aborted, if it was: its signal says so, or its lease was lost on a write. */
function reasonOf(error: unknown, signal: AbortSignal): AbortReason | undefined {
  if (error instanceof RunAborted) return error.reason;
  return signal.aborted ? abortReasonOf(signal) : undefined;
}
