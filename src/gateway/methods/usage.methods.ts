import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { type UsageFilter, UsageQuery } from '#usage';
import { AgentDirectory } from '../agent-directory.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { AgentParams } from './agents.dto.js';
import { RECORDS_DEFAULT, UsageGetParams } from './usage.dto.js';

/** What the caller's conversations have used. */
@Injectable()
export class UsageMethods {
  constructor(
    private readonly usage: UsageQuery,
    private readonly agents: AgentDirectory,
  ) {}

  /** One record per conversation, newest first. */
  @Access('viewer', { ownership: 'own' })
  @RpcMethod('usage.get', UsageGetParams)
  async get(
    { agentId, limit }: UsageGetParams,
    { caller }: RpcContext,
  ): Promise<Methods['usage.get']['result']> {
    const filter = await this.filter(caller, agentId);
    return {
      records: await this.usage.records(caller, { ...filter, limit: limit > 0 ? limit : RECORDS_DEFAULT }),
    };
  }

  @Access('viewer', { ownership: 'own' })
  @RpcMethod('usage.summary', AgentParams)
  async summary(
    { agentId }: AgentParams,
    { caller }: RpcContext,
  ): Promise<Methods['usage.summary']['result']> {
    return this.usage.summary(caller, await this.filter(caller, agentId));
  }

  private async filter(caller: Caller, agentId: string | undefined): Promise<UsageFilter> {
    if (agentId === undefined) return {};
    return { agentKey: (await this.agents.agent(caller, agentId)).agent_key };
  }
}
