import { Injectable, Logger } from '@nestjs/common';
import type { RunContext } from '#contracts';
import { type ClosedRun, RunExecutor } from '#scheduler';
import { type Lease, NO_USAGE, type NewRun } from '#store';
import { type RunTrace, Tracer } from '#tracing';
import { AgentError } from '../agent.errors.js';
import { messageText } from '../history/transcript-message.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import { type LogWriter, RunLog } from '../runs/run-log.js';
import { RunResults } from '../runs/run-results.js';
import { AgentLoop } from './agent-loop.js';
import { newProgress } from './loop-task.js';
import { RunEnding } from './run-ending.js';
import { RunSteps } from './run-steps.js';

/** Takes a leased run from its first event to its committed end. */
@Injectable()
export class AgentRunner extends RunExecutor {
  private readonly logger = new Logger('AgentRunner');

  constructor(
    private readonly resolver: AgentResolver,
    private readonly loop: AgentLoop,
    private readonly ending: RunEnding,
    private readonly runLog: RunLog,
    private readonly results: RunResults,
    private readonly tracer: Tracer,
    private readonly steps: RunSteps,
  ) {
    super();
  }

  timeLimitMs(agentKey: string): Promise<number> {
    return this.resolver.timeLimitMs(agentKey);
  }

  async execute(run: NewRun, lease: Lease, signal: AbortSignal): Promise<void> {
    const log = this.openLog(run, lease.attempt);
    const trace = this.beginTrace(run, lease);
    const progress = newProgress();
    log.append('run.started', undefined);
    let outcome: ReturnType<RunEnding['outcomeOf']> = { state: 'completed' };
    try {
      signal.throwIfAborted();
      if (run.sessionId !== undefined && !lease.session) throw sessionGone(run.sessionKey);
      const override = lease.session?.modelOverride;
      const resolve = () => this.resolver.runtime(run.caller, run.agentKey, override);
      const runtime = await this.steps.untilReachable(resolve, signal);
      const context = contextOf(run, lease, trace, signal);
      await this.loop.run({ context, runtime, lease, input: run.input, log, trace }, progress);
    } catch (error) {
      outcome = this.ending.outcomeOf(error, signal, run.id);
    }
    const ending = { run, lease, log, trace, progress };
    if (outcome) await this.ending.end({ ...ending, ...outcome });
    else this.ending.leave({ ...ending, state: 'failed' }, 'shutdown');
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

  /** The conversation can go on: calls without a result get one that says that their outcome is unknown. */
  async interrupted(run: NewRun, lease: Lease): Promise<void> {
    const log = this.openLog(run, lease.attempt + 1);
    const trace = this.beginTrace(run, lease);
    const progress = newProgress();
    progress.unsaved = await this.steps.unanswered(lease);
    this.logger.warn(`run ${run.id} was interrupted by the end of its process`);
    const error = {
      code: 'UNAVAILABLE',
      message: 'interrupted: the gateway stopped while the run was going. Send the message again.',
    } as const;
    await this.ending.end({ run, lease, log, trace, progress, state: 'failed', error });
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
