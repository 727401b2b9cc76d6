import { Injectable } from '@nestjs/common';
import { AgentError, AgentFiles, RunService } from '#agent';
import type { Caller } from '#contracts';
import { Clock } from '#kernel';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { AgentDirectory, nameOf } from '../agent-directory.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { AgentIdentityParams, AgentParams, AgentWaitParams } from './agents.dto.js';

type WaitResult = Methods['agent.wait']['result'];

/** The agents that the caller may use. */
@Injectable()
export class AgentsMethods {
  constructor(
    private readonly agents: AgentDirectory,
    private readonly runs: RunService,
    private readonly files: AgentFiles,
    private readonly clock: Clock,
  ) {}

  @Access('viewer', { ownership: 'agent-use' })
  @RpcMethod('agents.list')
  async list(_params: object, { caller }: RpcContext): Promise<Methods['agents.list']['result']> {
    return { agents: await this.agents.list(caller) };
  }

  @Access('viewer', { ownership: 'agent-use' })
  @RpcMethod('agent', AgentParams)
  async get({ agentId }: AgentParams, { caller }: RpcContext): Promise<Methods['agent']['result']> {
    const agent = await this.agents.agent(caller, agentId);
    const { id, name, isRunning } = await this.agents.describeOne(caller, agent);
    return { id, name, isRunning };
  }

  /** As IDENTITY.md says; for users of an open agent, their own. */
  @Access('viewer', { ownership: 'agent-use' })
  @RpcMethod('agent.identity.get', AgentIdentityParams)
  async identity(
    params: AgentIdentityParams,
    { caller }: RpcContext,
  ): Promise<Methods['agent.identity.get']['result']> {
    const { agentKey } = await this.agents.conversation(caller, params);
    const agent = await this.agents.agent(caller, agentKey);
    return { agentId: agentKey, name: nameOf(agent), ...(await this.files.identityOf(caller, agent)) };
  }

  /** Answers when the run has ended, or the agent has nothing to do for the caller. */
  @Access('viewer', { ownership: 'agent-use' })
  @RpcMethod('agent.wait', AgentWaitParams)
  async wait(params: AgentWaitParams, { caller }: RpcContext): Promise<PendingAnswer<WaitResult>> {
    const { agentId, runId, timeoutMs } = params;
    if (runId !== undefined) {
      const handle = await this.runs.attach(caller, { runId });
      const ended = handle.done.then(({ outcome }) => ({ id: handle.agentKey, status: outcome, runId }));
      return new PendingAnswer(this.within(timeoutMs, `the run ${runId}`, () => ended));
    }
    const { agent_key: key } = await this.agents.agent(caller, agentId);
    return new PendingAnswer(
      this.within(timeoutMs, `the agent ${key}`, (signal) => this.idle(caller, key, signal)),
    );
  }

  private async idle(caller: Caller, id: string, signal: AbortSignal): Promise<WaitResult | undefined> {
    return (await this.runs.waitIdle(caller, id, signal)) ? { id, status: 'idle' } : undefined;
  }

  private async within(
    timeoutMs: number,
    what: string,
    wait: (signal: AbortSignal) => Promise<WaitResult | undefined>,
  ): Promise<WaitResult> {
    const timeout = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.clock.after(timeoutMs, () => {
      timeout.abort();
      resolve(undefined);
    });
    const result = await Promise.race([wait(timeout.signal), late]).finally(cancel);
    if (result) return result;
    throw new AgentError(
      'wait-timeout',
      `Waiting for ${what} took longer than ${timeoutMs} ms. It goes on; ask again.`,
    );
  }
}
