import { Injectable } from '@nestjs/common';
import { AgentAdmin, AgentError, AgentFiles, AgentWorkspaces } from '#agent';
import type { Caller } from '#contracts';
import { ConfigService } from '#config';
import { AppError } from '#kernel';
import { Access } from '#permissions';
import { type AgentSettings, ErrorCode, type Methods } from '#protocol';
import { deploymentOf } from '#store';
import { agentIdOf, DEFAULT_ID } from '../agent-id.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import {
  AgentCreateParams,
  AgentDeleteParams,
  type AgentSettingsParams,
  AgentUpdateParams,
} from './agent-admin.dto.js';

/** Agents, for those who make and change them. */
@Injectable()
export class AgentAdminMethods {
  constructor(
    private readonly agents: AgentAdmin,
    private readonly files: AgentFiles,
    private readonly workspaces: AgentWorkspaces,
    private readonly config: ConfigService,
  ) {}

  @Access('admin')
  @RpcMethod('agents.create', AgentCreateParams)
  async create(
    { name, workspace = '', emoji, avatar, agent_type, ...settings }: AgentCreateParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.create']['result']> {
    this.requireManaged();
    const key = agentIdOf(name);
    if (key === DEFAULT_ID)
      throw new AppError(
        ErrorCode.INVALID_REQUEST,
        'This name stands for the default agent. Choose another one.',
      );
    const identity = { name, ...(emoji && { emoji }), ...(avatar && { avatar }) };
    const input = {
      agent_key: key,
      display_name: name,
      workspace,
      ...(agent_type && { agent_type }),
      ...given(settings),
    };
    const agent = await this.agents.create(caller, input, identity);
    return { ok: true, agentId: agent.agent_key, name, workspace: this.workspaces.directoryOf(agent) };
  }

  /** Empty texts change nothing. A new name or avatar goes into IDENTITY.md, too. */
  @Access('operator', { ownership: 'agent-edit' })
  @RpcMethod('agents.update', AgentUpdateParams)
  async update(
    { agentId, name, workspace, model, avatar, ...settings }: AgentUpdateParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.update']['result']> {
    this.requireManaged();
    const key = agentIdOf(agentId);
    const input = {
      ...(name && { display_name: name }),
      ...(workspace && { workspace }),
      ...(model && { model }),
      ...given(settings),
    };
    const identity = name || avatar ? await this.identityWith(caller, key, { name, avatar }) : undefined;
    await this.agents.update(caller, key, input, { ...(identity && { identity }) });
    return { ok: true, agentId: key };
  }

  @Access('admin')
  @RpcMethod('agents.delete', AgentDeleteParams)
  async delete(
    { agentId, deleteFiles }: AgentDeleteParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.delete']['result']> {
    this.requireManaged();
    const agent = await this.agents.remove(caller, agentIdOf(agentId));
    if (deleteFiles) await this.workspaces.remove(agent);
    return { ok: true, agentId: agent.agent_key, removedBindings: 0 };
  }

  private async identityWith(
    caller: Caller,
    key: string,
    { name, avatar }: { name: string | undefined; avatar: string | undefined },
  ): Promise<object> {
    const known = await this.files.ownIdentity(caller, key);
    return { ...known, ...(name && { name }), ...(avatar && { avatar }) };
  }

  private requireManaged(): void {
    if (deploymentOf(this.config).mode === 'managed') return;
    throw new AgentError(
      'agents-in-file',
      `In standalone mode agents are part of the configuration: edit agents.list in ${this.config.path}; it is applied live.`,
    );
  }
}

/** Parameters that are not given are not there. */
function given(settings: AgentSettingsParams): AgentSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
