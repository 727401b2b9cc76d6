import { Injectable, Logger } from '@nestjs/common';
import type { RunContext } from '#contracts';
import { type ClosedRun, type GivenUp, RunExecutor } from '#scheduler';
import { type Lease, NO_USAGE, type NewRun, type OutboxMessage } from '#store';
import { type RunTrace, Tracer } from '#tracing';
import { AgentError } from '../agent.errors.js';
import { messageText } from '../history/transcript-message.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import { type LogWriter, RunLog } from '../runs/run-log.js';
import { RunResults } from '../runs/run-results.js';
import { LOG_START } from '../runs/standing-events.js';
import { AgentLoop } from './agent-loop.js';
import { type LoopProgress, progressOf } from './loop-task.js';
import { type Outcome, RunEnding } from './run-ending.js';
import { replyTo } from './run-reply.js';
import { RunResumption } from './run-resumption.js';

const NEVER_ABORTED = new AbortController().signal;

/** What one attempt at a run works with. */
interface Attempt {
  readonly run: NewRun;
  readonly lease: Lease;
  readonly log: LogWriter;
  readonly trace: RunTrace;
  readonly progress: LoopProgress;
}

/** Takes a leased run from its first event to its committed end. */
@Injectable()
export class AgentRunner extends RunExecutor {
  private readonly logger = new Logger('AgentRunner');

  constructor(
    private readonly resolver: AgentResolver,
    private readonly loop: AgentLoop,
    private readonly resumption: RunResumption,
    private readonly ending: RunEnding,
    private readonly runLog: RunLog,
    private readonly results: RunResults,
    private readonly tracer: Tracer,
  ) {
    super();
  }

  timeLimitMs(agentKey: string): Promise<number> {
    return this.resolver.timeLimitMs(agentKey);
  }

  async execute(run: NewRun, lease: Lease, signal: AbortSignal): Promise<void> {
    const attempt = this.begin(run, lease);
    let outcome: Outcome = { state: 'completed' };
    try {
      await this.announce(attempt);
      signal.throwIfAborted();
      await this.work(attempt, signal);
    } catch (error) {
      outcome = this.ending.outcomeOf(error, signal, run.id);
    }
    await this.end(attempt, outcome);
  }

  closed(run: NewRun, end: ClosedRun): void {
    const log = this.openLog(run, 0);
    const { id: runId, sessionKey } = run;
    if (end.state === 'merged') {
      const { mergedInto } = end;
      log.append('run.completed', { status: 'merged', mergedInto });
      void this.results
        .expect(mergedInto)
        .then((answer) => this.results.settle({ ...answer, runId, outcome: 'merged', mergedInto }));
    } else if (end.state === 'aborted') {
      log.append('run.completed', { status: 'aborted' });
      this.results.settle({ runId, sessionKey, outcome: 'aborted', content: '', usage: NO_USAGE });
    } else {
      const error = { code: end.code, message: end.message };
      log.append('run.failed', { error: end.message, code: error.code });
      this.results.settle({ runId, sessionKey, outcome: end.state, content: '', usage: NO_USAGE, error });
    }
    log.close();
  }

  replyTo(run: NewRun, end: Exclude<ClosedRun, { state: 'merged' }>): OutboxMessage | undefined {
    const error = end.state === 'aborted' ? undefined : { code: end.code };
    return replyTo(run, { outcome: end.state, content: '', ...(error && { error }) });
  }

  elsewhere(run: NewRun): void {
    this.ending.elsewhere(run, LOG_START);
  }

  async giveUp(run: NewRun, lease: Lease, error: GivenUp): Promise<void> {
    const attempt = this.begin(run, lease);
    this.logger.warn(`run ${run.id} is given up: ${error.message}`);
    let outcome: Outcome = { state: 'failed', error };
    try {
      await this.announce(attempt);
    } catch (failure) {
      const why = this.ending.outcomeOf(failure, NEVER_ABORTED, run.id);
      if ('left' in why) outcome = why;
    }
    await this.end(attempt, outcome);
  }

  private begin(run: NewRun, lease: Lease): Attempt {
    const log = this.openLog(run, lease.attempt);
    return { run, lease, log, trace: this.beginTrace(run, lease), progress: progressOf(lease) };
  }

  private async announce({ run, lease, log }: Attempt): Promise<void> {
    if (lease.attempt > 1) await this.resumption.announce(lease, run.input, log);
    else log.append('run.started', undefined);
  }

  private async work({ run, lease, log, trace, progress }: Attempt, signal: AbortSignal): Promise<void> {
    if (run.sessionId !== undefined && !lease.session) throw sessionGone(run.sessionKey);
    const override = lease.session?.modelOverride;
    const resolve = () => this.resolver.runtime(run.caller, run.agentKey, override);
    // Anew for each attempt: what the caller may do can have changed.
    const runtime = await this.resumption.untilReachable(resolve, signal);
    const context = contextOf(run, lease, trace, signal);
    await this.loop.run({ context, runtime, lease, input: run.input, log, trace }, progress);
  }

  private async end(attempt: Attempt, outcome: Outcome): Promise<void> {
    if ('left' in outcome) return this.ending.leave(attempt, outcome.left);
    if (attempt.progress.hasOpenCalls) {
      attempt.progress.unsaved.push(...(await this.resumption.unanswered(attempt.lease)));
    }
    await this.ending.end({ ...attempt, ...outcome });
  }

  private openLog({ id: runId, caller, agentKey, sessionKey }: NewRun, attempt: number): LogWriter {
    return this.runLog.open({ runId, userId: caller.userId, agentKey, sessionKey }, attempt);
  }

  private beginTrace(run: NewRun, lease: Lease): RunTrace {
    const { id: runId, agentId, agentKey, caller, channel, sessionKey, input } = run;
    return this.tracer.begin({
      runId,
      caller,
      agent: { id: agentId, key: agentKey },
      session: { key: sessionKey, ...(lease.session && { id: lease.session.id }) },
      input: input.messages.map((message) => messageText({ ...message, seq: 0 })).join('\n'),
      ...(channel !== undefined && { channel }),
    });
  }
}

function sessionGone(key: string): AgentError {
  return new AgentError(
    'session-deleted',
    `The session ${key} was deleted before the message had its turn. Send the message again.`,
  );
}

function contextOf(run: NewRun, lease: Lease, trace: RunTrace, signal: AbortSignal): RunContext {
  return {
    runId: run.id,
    caller: run.caller,
    agent: { id: run.agentId, key: run.agentKey },
    session: { key: run.sessionKey, ...(lease.session && { id: lease.session.id }) },
    lane: run.lane,
    signal,
    trace: trace.ref,
    epoch: lease.epoch,
    attempt: lease.attempt,
    ...(run.channel !== undefined && { channel: run.channel }),
  };
}
