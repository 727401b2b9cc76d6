import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Caller, OfferedTool, RunContext, SessionRef, ToolResult, TraceRef } from '#contracts';
import { newId } from '#kernel';
import { LiveCredentials } from '#permissions';
import { singleTool, ToolExecutor, type ToolScope, type Toolset, Toolsets } from '#tools';
import type { ToolGround } from '../resolver/agent-runtime.js';
import { INVOCATION_CHANNEL, InvocationGrounds, type InvocationPlace } from './invocation-grounds.js';
import { InvocationRecords } from './invocation-records.js';
import { type ToolExplanation, ToolExplanations } from './tool-explanations.js';

/** What somebody asks of a tool. */
export interface Invocation extends InvocationPlace {
  readonly args: Readonly<Record<string, unknown>>;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

export interface InvocationResult {
  readonly result: ToolResult;
  readonly durationMs: number;
  readonly traceId: string;
}

/** What a call works with, and by whose rules. */
interface CallGround {
  readonly ground: ToolGround;
  readonly session: SessionRef;
  readonly tools: Toolset;
  readonly scope: ToolScope;
}

/** Calls of tools that no model asked for: with the access, policy, limits and trace of one that did, and audited. */
@Injectable()
export class ToolInvocations implements OnModuleDestroy {
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly grounds: InvocationGrounds,
    private readonly toolsets: Toolsets,
    private readonly executor: ToolExecutor,
    private readonly explanations: ToolExplanations,
    private readonly records: InvocationRecords,
    private readonly credentials: LiveCredentials,
  ) {}

  /**
   * Calls a tool. What goes wrong with the call itself is its result.
   * @throws AgentError as `AgentAccess.require`; AppError INVALID_REQUEST for a session of another agent
   */
  async invoke(name: string, invocation: Invocation): Promise<InvocationResult> {
    return this.call('tool.invoke', name, invocation, await this.groundOf(invocation));
  }

  /** What a call would be of, without calling. @throws as {@link invoke} */
  async look(name: string, place: InvocationPlace): Promise<ToolExplanation> {
    const { ground, tools, scope } = await this.groundOf(place);
    return this.explanations.explain(tools, scope, ground, name);
  }

  /**
   * Calls a tool that need not be there for any agent yet: only what is denied for all is refused.
   * @throws as {@link invoke}
   */
  async try(entry: OfferedTool, invocation: Invocation): Promise<InvocationResult> {
    const { name } = entry.spec;
    const scope = { agent: { alsoAllow: [name] } };
    const where = { ...(await this.grounds.of(invocation)), tools: singleTool(entry), scope };
    return this.call('tool.test', name, invocation, where);
  }

  onModuleDestroy(): void {
    for (const call of this.open) call.abort();
  }

  private async groundOf(place: InvocationPlace): Promise<CallGround> {
    const { ground, session } = await this.grounds.of(place);
    const tools = await this.toolsets.of({ caller: place.caller, agent: ground.agent });
    return { ground, session, tools, scope: { agent: ground.toolPolicy, channel: INVOCATION_CHANNEL } };
  }

  private async call(
    action: string,
    name: string,
    { caller, args, signal }: Invocation,
    { ground, session, tools, scope }: CallGround,
  ): Promise<InvocationResult> {
    const { agent, workspace, sandbox } = ground;
    const traced = {
      runId: newId(),
      caller,
      agent,
      session,
      channel: INVOCATION_CHANNEL,
      input: `${name} ${JSON.stringify(args)}`,
    };
    const trace = this.records.begin(traced);
    return this.whileAllowed(caller, signal, async (inner) => {
      const run = runOf(traced, trace.ref, inner);
      const where = { run, tools, workspace, ...(sandbox && { sandbox }) };
      const outcome = await this.executor.execute({ id: newId(), name, arguments: args }, scope, where);
      this.records.end(traced, trace, action, outcome);
      return { result: outcome.result, durationMs: outcome.durationMs, traceId: trace.ref.traceId };
    });
  }

  /** Stops the work when its caller leaves, or loses the credential, or the gateway ends. */
  private async whileAllowed<T>(
    caller: Caller,
    signal: AbortSignal,
    work: (inner: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const lost = new AbortController();
    this.open.add(lost);
    const unwatch = this.credentials.watch(caller, (error) => lost.abort(error));
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      unwatch();
      this.open.delete(lost);
    }
  }
}

function runOf(
  {
    runId,
    caller,
    agent,
    session,
    channel,
  }: Pick<RunContext, 'runId' | 'caller' | 'agent' | 'session'> & {
    channel: string;
  },
  trace: TraceRef,
  signal: AbortSignal,
): RunContext {
  const fixed = { lane: 'main', epoch: 1, attempt: 1, byHand: true } as const;
  return { runId, caller, agent, session, channel, signal, trace, ...fixed };
}
