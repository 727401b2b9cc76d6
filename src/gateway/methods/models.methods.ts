import { Injectable } from '@nestjs/common';
import { AgentResolver } from '#agent';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import type { Methods, ModelInfo } from '#protocol';
import { type ProviderInfo, ProviderRegistry } from '#providers';
import { AgentDirectory } from '../agent-directory.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';

/** A provider that has not said by then what it offers is shown with its default model. */
const LIST_TIMEOUT_MS = 5_000;

type Models = Methods['models.list']['result'];

@Injectable()
export class ModelsMethods {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly agents: AgentDirectory,
    private readonly resolver: AgentResolver,
  ) {}

  /** The models of every provider that can be used; the default agent's is marked. */
  @Access('viewer')
  @RpcMethod('models.list')
  async list(_params: object, { caller }: RpcContext): Promise<PendingAnswer<Models>> {
    return new PendingAnswer(this.all(caller));
  }

  private async all(caller: Caller): Promise<Models> {
    const main = this.resolver.primaryTarget(await this.agents.agent(caller, undefined));
    const usable = this.providers.list().filter((provider) => provider.usable);
    const lists = await Promise.all(usable.map(async (info) => ({ info, ids: await this.idsOf(info) })));
    const models = lists.flatMap(({ info, ids }) => {
      const all =
        info.name === main.provider && main.model !== '' ? new Set([main.model, ...ids]) : new Set(ids);
      return [...all].map((id): ModelInfo => {
        return { id, provider: info.name, isDefault: info.name === main.provider && id === main.model };
      });
    });
    return { models };
  }

  private async idsOf({ name, defaultModel }: ProviderInfo): Promise<readonly string[]> {
    try {
      return await this.providers.modelsOf(name, AbortSignal.timeout(LIST_TIMEOUT_MS));
    } catch {
      // The list is for choosing; whether the provider works is said by doctor and by the runs.
      return defaultModel === undefined ? [] : [defaultModel];
    }
  }
}
