import { Injectable } from '@nestjs/common';
import { ToolExplanations } from '#agent';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { AgentDirectory } from '../agent-directory.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { ToolsExplainParams } from './tools.dto.js';

/** What agents can do. */
@Injectable()
export class ToolsMethods {
  constructor(
    private readonly agents: AgentDirectory,
    private readonly explanations: ToolExplanations,
  ) {}

  /** Of every tool, or of one: whether the agent has it for the caller, and which rule says so. */
  @Access('viewer', { ownership: 'agent-use' })
  @RpcMethod('tools.explain', ToolsExplainParams)
  async explain(
    { agentId, name, subagent, ...place }: ToolsExplainParams,
    { caller }: RpcContext,
  ): Promise<Methods['tools.explain']['result']> {
    const { agent_key: key } = await this.agents.agent(caller, agentId);
    const question = { ...place, ...(subagent && { isSubagent: subagent }) };
    if (name === undefined) {
      const { tools } = await this.explanations.all(caller, key, question);
      return { agentId: key, tools };
    }
    return { agentId: key, tools: [await this.explanations.one(caller, key, name, question)] };
  }
}
