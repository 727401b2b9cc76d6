import { Injectable, Logger } from '@nestjs/common';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { createHash } from 'node:crypto';
import { type AcceptedRun, type RunHandle, type RunRequest, type RunResult, RunService } from '#agent';
import type { Caller } from '#contracts';
import { AppError, Clock } from '#kernel';
import { LiveCredentials, RateLimiter } from '#permissions';
import { LiveRuns } from '../runs/live-runs.js';
import type { AgentQuestion } from './agent-tool.js';
import { CallProgress } from './call-progress.js';

/** Under which requests are kept, so that a cancellation finds its run on whichever replica it comes in. */
const OPERATION = 'mcp.call';
/** For the policy of tools, and where the conversations are said to be held. */
const CHANNEL = 'mcp';

/** One request of one client. */
export interface McpRequestRef {
  readonly caller: Caller;
  /** What the client was given when it introduced itself; without, its requests cannot be told from those of others. */
  readonly sessionId: string | undefined;
  readonly requestId: string | number;
}

export interface AgentCall extends McpRequestRef {
  readonly agentKey: string;
  readonly question: AgentQuestion;
  /** Aborts when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: number, message: string) => void) | undefined;
}

/** Runs of agents that MCP clients call as tools. */
@Injectable()
export class AgentCalls {
  private readonly logger = new Logger('McpServer');

  constructor(
    private readonly runs: RunService,
    private readonly live: LiveRuns,
    private readonly limiter: RateLimiter,
    private readonly credentials: LiveCredentials,
    private readonly clock: Clock,
  ) {}

  /** The answer; whatever went wrong is one too, because a model reads it. */
  async call(call: AgentCall): Promise<CallToolResult> {
    try {
      this.limiter.take(call.caller);
      return toResult(await this.answer(call));
    } catch (error) {
      if (error instanceof AppError) return failure(error.message);
      this.logger.error(`the call of ${call.agentKey} failed`, error);
      return failure('Something went wrong in the gateway. It was logged.');
    }
  }

  /** Stops the run of an earlier request of the same client; one that is not known is none of its own, or has ended. */
  async cancel(ref: McpRequestRef): Promise<void> {
    const idempotencyKey = keyOf(ref);
    if (idempotencyKey === undefined) return;
    try {
      const { runId } = await this.runs.attach(ref.caller, { operation: OPERATION, idempotencyKey });
      await this.runs.abort(ref.caller, { runId });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  private async answer(call: AgentCall): Promise<RunResult> {
    const { caller, signal, onProgress } = call;
    let unwatch: (() => void) | undefined;
    const onAccepted = ({ runId }: AcceptedRun): void => {
      if (onProgress) unwatch = this.live.watch(runId, new CallProgress(this.clock, onProgress).accept);
    };
    try {
      const handle = await this.runs.submit({
        ...requestOf(call),
        stream: onProgress !== undefined,
        onAccepted,
      });
      const end = this.endedBy(signal, caller, handle);
      return await Promise.race([this.resultOf(caller, handle), end.lost]).finally(end.release);
    } finally {
      unwatch?.();
    }
  }

  /** Stops the run when its client leaves; rejects when the credential that asked is lost. */
  private endedBy(
    signal: AbortSignal,
    caller: Caller,
    { runId }: AcceptedRun,
  ): { lost: Promise<never>; release: () => void } {
    const abort = (): void => {
      this.runs.abort(caller, { runId }, 'disconnect').catch((error: unknown) => {
        this.logger.error(`run ${runId} could not be aborted after its client left`, error);
      });
    };
    const lost = Promise.withResolvers<never>();
    const unwatch = this.credentials.watch(caller, lost.reject);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const release = (): void => {
      unwatch();
      signal.removeEventListener('abort', abort);
    };
    return { lost: lost.promise, release };
  }

  /** The end of the run that answered: another one when this one was merged into it. */
  private async resultOf(caller: Caller, { done }: Pick<RunHandle, 'done'>): Promise<RunResult> {
    const result = await done;
    if (result.mergedInto === undefined) return result;
    return this.resultOf(caller, await this.runs.attach(caller, { runId: result.mergedInto }));
  }
}

function requestOf(call: AgentCall): Omit<RunRequest, 'stream'> {
  const { caller, agentKey, question } = call;
  const { message, session } = question;
  const idempotencyKey = keyOf(call);
  return {
    caller,
    agentKey,
    content: [{ type: 'text', text: message }],
    ...(session !== undefined && {
      sessionKey: session.startsWith('agent:') ? session : `${CHANNEL}:${session}`,
    }),
    origin: 'http',
    channel: CHANNEL,
    operation: OPERATION,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

/** Ids of requests are the client's own and may be long. */
function keyOf({ sessionId, requestId }: McpRequestRef): string | undefined {
  if (sessionId === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([sessionId, requestId]))
    .digest('hex');
}

function toResult({ outcome, content, error }: RunResult): CallToolResult {
  if (outcome === 'completed') return { content: [{ type: 'text', text: content }] };
  if (outcome === 'aborted') return failure('The run was aborted before it had answered.');
  return failure(error?.message ?? 'The run failed.');
}

function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
