import { Injectable } from '@nestjs/common';
import { AgentAccess, AgentFiles, type FoundFiles } from '#agent';
import { ALLOWED_FILES, type ContextFile } from '#bootstrap';
import { ConfigService } from '#config';
import { Access } from '#permissions';
import type { AgentFileInfo, Methods } from '#protocol';
import { deploymentOf } from '#store';
import { agentIdOf, DEFAULT_ID } from '../agent-id.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { AgentFileParams, AgentFileSetParams, AgentFilesParams } from './agent-admin.dto.js';

/** The context files of agents, for those who may change them; not those that users have of their own. */
@Injectable()
export class AgentFilesMethods {
  constructor(
    private readonly files: AgentFiles,
    private readonly access: AgentAccess,
    private readonly config: ConfigService,
  ) {}

  @Access('viewer', { ownership: 'agent-edit' })
  @RpcMethod('agents.files.list', AgentFilesParams)
  async list(
    { agentId }: AgentFilesParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.files.list']['result']> {
    const listed = await this.files.list(caller, await this.idOf(agentId));
    const files = new Map(listed.found.map((file) => [file.name, file]));
    return { ...this.placeOf(listed), files: ALLOWED_FILES.map((name) => infoOf(name, files.get(name))) };
  }

  @Access('viewer', { ownership: 'agent-edit' })
  @RpcMethod('agents.files.get', AgentFileParams)
  async get(
    { agentId, name }: AgentFileParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.files.get']['result']> {
    const read = await this.files.find(caller, await this.idOf(agentId), name);
    const content = read.found && { content: read.found.content };
    return { ...this.placeOf(read), file: { ...infoOf(name, read.found), ...content } };
  }

  @Access('operator', { ownership: 'agent-edit' })
  @RpcMethod('agents.files.set', AgentFileSetParams)
  async set(
    { agentId, name, content }: AgentFileSetParams,
    { caller }: RpcContext,
  ): Promise<Methods['agents.files.set']['result']> {
    const written = await this.files.write(caller, await this.idOf(agentId), name, content);
    return { ...this.placeOf(written), file: { ...infoOf(name, written.found), content } };
  }

  /** `default` is the default agent, unless one is called so. */
  private async idOf(name: string | undefined): Promise<string> {
    const id = agentIdOf(name ?? '');
    if (name !== undefined && id !== DEFAULT_ID) return id;
    return (await this.files.exists(DEFAULT_ID)) && name !== undefined
      ? DEFAULT_ID
      : this.access.defaultKey();
  }

  /** Where files lie is of interest where they lie on disk. */
  private placeOf({ agent, workspace }: FoundFiles<unknown>): { agentId: string; workspace?: string } {
    const isOnDisk = deploymentOf(this.config).mode === 'standalone';
    return { agentId: agent.agent_key, ...(isOnDisk && { workspace }) };
  }
}

function infoOf(name: string, file: ContextFile | undefined): AgentFileInfo {
  if (!file) return { name, missing: true };
  return {
    name,
    missing: false,
    size: Buffer.byteLength(file.content),
    updatedAtMs: file.updatedAt.getTime(),
    ...(file.path !== undefined && { path: file.path }),
  };
}
