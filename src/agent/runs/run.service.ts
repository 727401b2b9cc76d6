import { Injectable } from '@nestjs/common';
import type { Caller, RunEvent } from '#contracts';
import { newId } from '#kernel';
import { ErrorCode, type LogPosition, type RunOutcome } from '#protocol';
import { type AbortReason, Scheduler } from '#scheduler';
import { resolveSessionKey } from '#sessions';
import { type AgentEntity, type NewRun, NO_USAGE, type RunRecord, RunStore, SessionStore } from '#store';
import { AgentError } from '../agent.errors.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import { Intake } from './intake.js';
import { requestHash } from './request-hash.js';
import { RunLog } from './run-log.js';
import type { RunHandle, RunRequest, RunResult } from './run-request.js';
import { RunResults } from './run-results.js';

const NOT_ACCEPTED = 'The run was not accepted. Send the request again.';
const LEFT_OPEN =
  'The run does not go on in this process; a restart of the gateway ends it. Send the request again.';

const LOG_START: LogPosition = { attempt: 0, seq: 0 };

/** A run's session can be deleted between finding and accepting it; the second try makes it anew. */
const ACCEPT_ATTEMPTS = 3;

/** Which runs are meant: by id, by session, or both. */
export interface RunSelector {
  readonly runId?: string;
  readonly sessionKey?: string;
}

/** The one way to an agent, for every entry point. */
@Injectable()
export class RunService {
  constructor(
    private readonly resolver: AgentResolver,
    private readonly intake: Intake,
    private readonly scheduler: Scheduler,
    private readonly runs: RunStore,
    private readonly sessions: SessionStore,
    private readonly runLog: RunLog,
    private readonly results: RunResults,
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
  async submit(request: RunRequest): Promise<RunHandle> {
    const { caller } = request;
    const agent = await this.resolver.require(caller, request.agentKey ?? (await this.resolver.defaultKey()));
    this.resolver.targets(agent);
    const run = this.newRun(request, agent);
    const accepted = { runId: run.id, sessionKey: run.sessionKey, agentKey: run.agentKey };
    const done = this.results.expect(run.id);
    for (let attempt = 1; attempt <= ACCEPT_ATTEMPTS; attempt++) {
      if (await this.accept(run, request)) return { ...accepted, repeated: false, done };
      const earlier = await this.earlierRun(request);
      if (earlier) {
        this.results.forget(run.id);
        requireSameRequest(earlier, run);
        return this.repeat(caller, earlier);
      }
      this.sessions.forget(caller, run.sessionKey);
    }
    this.results.forget(run.id);
    throw new AgentError(
      'internal',
      'The run could not be accepted: its session is deleted again and again.',
    );
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
    return this.repeat(caller, record);
  }

  /** See `RunLog.follow`. `after` defaults to the log's beginning. @throws AgentError `run-not-found` */
  async follow(
    caller: Caller,
    runId: string,
    after: LogPosition | undefined,
    listener: (event: RunEvent) => void,
  ): Promise<() => void> {
    if (!this.isOpenOf(caller, runId) && !(await this.runs.find(caller, runId))) throw runNotFound();
    return this.runLog.follow(runId, after ?? LOG_START, listener);
  }

  /** Stops the caller's runs that are meant, going or waiting. Returns their ids. */
  async abort(caller: Caller, selector: RunSelector, reason: AbortReason = 'user'): Promise<string[]> {
    const open = this.scheduler.open(
      (run) =>
        run.caller.userId === caller.userId &&
        (selector.runId === undefined || run.id === selector.runId) &&
        (selector.sessionKey === undefined || run.sessionKey === selector.sessionKey),
    );
    const aborted = await Promise.all(
      open.map(async ({ id }) => ((await this.scheduler.abort(id, reason)) ? [id] : [])),
    );
    return aborted.flat();
  }

  /** Whether a run of this agent is going or waiting for the caller. */
  isRunning(caller: Caller, agentKey: string): boolean {
    return this.openRuns(caller, agentKey).length > 0;
  }

  /** Waits until no run of the agent is open for the caller. `false` when the time ran out. */
  async waitIdle(caller: Caller, agentKey: string, signal: AbortSignal): Promise<boolean> {
    const timedOut = new Promise<'timeout'>((resolve) => {
      signal.addEventListener('abort', () => resolve('timeout'), { once: true });
    });
    for (
      let open = this.openRuns(caller, agentKey);
      open.length > 0;
      open = this.openRuns(caller, agentKey)
    ) {
      const ended = Promise.all(open.map((id) => this.results.expect(id)));
      if (signal.aborted || (await Promise.race([ended, timedOut])) === 'timeout') return false;
    }
    return true;
  }

  private openRuns(caller: Caller, agentKey: string): string[] {
    return this.scheduler
      .open((run) => run.caller.userId === caller.userId && run.agentKey === agentKey)
      .map(({ id }) => id)
      .filter((id) => !this.results.hasEnded(id));
  }

  private newRun(request: RunRequest, agent: AgentEntity): NewRun {
    const { caller, stream, extraPrompt, sampling, detached, idempotencyKey, peer } = request;
    const id = newId();
    const key = agent.agent_key;
    const stored = request.sessionKey !== undefined;
    return {
      id,
      caller,
      agentId: agent.id,
      agentKey: key,
      sessionKey: stored
        ? resolveSessionKey(request.sessionKey, key)
        : `agent:${key}:${request.channel}:${id}`,
      channel: request.channel,
      lane: request.lane ?? 'main',
      origin: request.origin,
      operation: request.operation,
      ...(peer && { peer }),
      ...(idempotencyKey !== undefined && { idempotencyKey, requestHash: requestHash(request, key) }),
      input: {
        messages: [this.intake.userMessage(request.content)],
        stream,
        ...(!stored && {
          history: (request.given ?? []).map((message) => this.intake.givenMessage(message)),
        }),
        ...(extraPrompt !== undefined && { extraPrompt }),
        ...(sampling && { sampling }),
        ...(detached && { detached }),
      },
    };
  }

  private async accept(run: NewRun, request: RunRequest): Promise<boolean> {
    const { caller, onAccepted, debounceMs } = request;
    const { id: runId, sessionKey, agentKey, agentId } = run;
    try {
      const session = { key: sessionKey, agentId, channel: request.channel };
      const stored = request.sessionKey !== undefined && {
        sessionId: await this.sessions.ensure(caller, session),
      };
      return await this.scheduler.submit(
        { ...run, ...stored },
        {
          onAccepted: () => onAccepted?.({ runId, sessionKey, agentKey }),
          ...(debounceMs !== undefined && { debounceMs }),
        },
      );
    } catch (error) {
      // A repeated request may have found the run before it was certain that it is refused.
      this.results.settle(unavailable(run, NOT_ACCEPTED));
      throw error;
    }
  }

  private async earlierRun({
    caller,
    operation,
    idempotencyKey,
  }: RunRequest): Promise<RunRecord | undefined> {
    return idempotencyKey === undefined ? undefined : this.runs.findByKey(caller, operation, idempotencyKey);
  }

  private repeat(caller: Caller, record: RunRecord): RunHandle {
    const { id: runId, sessionKey, agentKey } = record;
    return { runId, sessionKey, agentKey, repeated: true, done: this.endOf(caller, record) };
  }

  /** How a run ends or has ended. Never rejects. */
  private endOf(caller: Caller, record: RunRecord): Promise<RunResult> {
    const waiting = this.results.waiting(record.id);
    if (waiting) return waiting;
    if (!isOpen(record)) return Promise.resolve(resultOf(record));
    if (!this.results.hasEnded(record.id) && this.scheduler.open(({ id }) => id === record.id).length > 0)
      return this.results.expect(record.id);
    return this.endSince(caller, record);
  }

  /** The end of a run that was open when its row was read, and is no longer. */
  private async endSince(caller: Caller, record: RunRecord): Promise<RunResult> {
    const again = await this.runs.find(caller, record.id).catch(() => undefined);
    return again && !isOpen(again) ? resultOf(again) : unavailable(record, LEFT_OPEN);
  }

  private isOpenOf(caller: Caller, runId: string): boolean {
    return this.scheduler.open((run) => run.id === runId && run.caller.userId === caller.userId).length > 0;
  }
}

function runNotFound(): AgentError {
  return new AgentError(
    'run-not-found',
    'run not found. Runs are kept for 90 days, idempotency keys for 24 hours.',
  );
}

function requireSameRequest(earlier: RunRecord, run: NewRun): void {
  if (earlier.requestHash === run.requestHash) return;
  throw new AgentError(
    'key-reused',
    'The idempotency key was used for another request. Use a new key for a new request.',
  );
}

function isOpen({ state }: RunRecord): boolean {
  return state === 'queued' || state === 'running';
}

function unavailable(
  { id: runId, sessionKey }: Pick<NewRun, 'id' | 'sessionKey'>,
  message: string,
): RunResult {
  const error = { code: ErrorCode.UNAVAILABLE, message };
  return { runId, sessionKey, outcome: 'failed', content: '', usage: NO_USAGE, error };
}

/** The end of a run as its row tells it. */
function resultOf(record: RunRecord): RunResult {
  const { id: runId, sessionKey, content, cut, usage, error, mergedInto } = record;
  const outcome = record.state as RunOutcome;
  return {
    runId,
    sessionKey,
    outcome,
    content,
    usage,
    // The row of an aborted run says why; that is no failure.
    ...(error && outcome !== 'aborted' && { error }),
    ...(cut && { cut }),
    ...(mergedInto !== undefined && { mergedInto }),
  };
}
