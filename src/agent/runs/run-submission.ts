import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Scheduler } from '#scheduler';
import { resolveSessionKey } from '#sessions';
import { type AgentEntity, type NewRun, type RunRecord, RunStore, SessionStore } from '#store';
import { AgentError } from '../agent.errors.js';
import { AgentResolver } from '../resolver/agent-resolver.js';
import { Intake } from './intake.js';
import { OpenRuns } from './open-runs.js';
import { requestHash } from './request-hash.js';
import type { RunHandle, RunRequest } from './run-request.js';
import { unavailable } from './run-result.js';
import { RunResults } from './run-results.js';

const NOT_ACCEPTED = 'The run was not accepted. Send the request again.';

/**
 * A run's session can be deleted between finding and accepting it, or an earlier run with its key be on its way out;
 * the second try makes it anew.
 */
const ACCEPT_ATTEMPTS = 3;

/** From a request to an accepted run. */
@Injectable()
export class RunSubmission {
  constructor(
    private readonly resolver: AgentResolver,
    private readonly intake: Intake,
    private readonly scheduler: Scheduler,
    private readonly runs: RunStore,
    private readonly sessions: SessionStore,
    private readonly results: RunResults,
    private readonly open: OpenRuns,
  ) {}

  /** See `RunService.submit`. */
  async submit(request: RunRequest): Promise<RunHandle> {
    const { caller } = request;
    const agent = await this.resolver.ready(caller, request.agentKey);
    const run = this.newRun(request, agent);
    const accepted = { runId: run.id, sessionKey: run.sessionKey, agentKey: run.agentKey };
    const done = this.results.expect(run.id);
    for (let attempt = 1; attempt <= ACCEPT_ATTEMPTS; attempt++) {
      if (await this.accept(run, request)) {
        this.resolver.seen(caller, agent);
        return { ...accepted, repeated: false, done };
      }
      const earlier = await this.earlierRun(request);
      const withdrawal = earlier && this.scheduler.withdrawal(earlier.id);
      if (withdrawal) {
        // It was refused: this is the request that was to be sent again.
        await withdrawal;
      } else if (earlier) {
        this.results.forget(run.id);
        requireSameRequest(earlier, run);
        return this.open.handleOf(caller, earlier);
      }
      this.sessions.forget(caller, run.sessionKey);
    }
    this.results.forget(run.id);
    throw new AgentError(
      'internal',
      'The run could not be accepted: its session is deleted again and again.',
    );
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
}

function requireSameRequest(earlier: RunRecord, run: NewRun): void {
  if (earlier.requestHash === run.requestHash) return;
  throw new AgentError(
    'key-reused',
    'The idempotency key was used for another request. Use a new key for a new request.',
  );
}
