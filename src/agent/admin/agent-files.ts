import { Injectable } from '@nestjs/common';
import { type ContextFile, ContextFiles, type FilePlace } from '#bootstrap';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { RecordError } from '#permissions';
import type { AgentEntity } from '#store';
import { AgentsConfig } from '../agents.config.js';
import { agentDirectory, contextAgentOf } from '../resolver/workspace-path.js';
import { userOf } from './agent-overrides.js';
import { AgentRights } from './agent-rights.js';

/** The files that were found, and whose they are. */
export interface FoundFiles<T> {
  readonly agent: AgentEntity;
  /** The agent's directory. */
  readonly workspace: string;
  readonly found: T;
}

/** Context files, for people: an agent's for those who may change it, a user's for that user and admins. */
@Injectable()
export class AgentFiles {
  constructor(
    private readonly rights: AgentRights,
    private readonly files: ContextFiles,
    private readonly config: ConfigService,
  ) {}

  async list(caller: Caller, id: string, user?: string): Promise<FoundFiles<readonly ContextFile[]>> {
    const { agent, place } = await this.place(caller, id, user);
    return this.found(agent, place, await this.files.list(place));
  }

  async find(
    caller: Caller,
    id: string,
    name: string,
    user?: string,
  ): Promise<FoundFiles<ContextFile | undefined>> {
    const { agent, place } = await this.place(caller, id, user);
    return this.found(agent, place, await this.files.find(place, name));
  }

  /** In effect from the next run on. @throws BootstrapError; StoreError `stale` */
  async write(
    caller: Caller,
    id: string,
    name: string,
    content: string,
    { user, version }: { user?: string; version?: number } = {},
  ): Promise<FoundFiles<ContextFile>> {
    const { agent, place } = await this.place(caller, id, user);
    return this.found(agent, place, await this.files.write(caller, place, name, content, version));
  }

  /** @throws RecordError `not-found`; StoreError `stale` */
  async remove(
    caller: Caller,
    id: string,
    name: string,
    { user, version }: { user?: string; version?: number } = {},
  ): Promise<void> {
    const { place } = await this.place(caller, id, user);
    if (!(await this.files.remove(caller, place, name, version)))
      throw new RecordError('not-found', `There is no ${name} here.`);
  }

  private found<T>(agent: AgentEntity, { agent: { workspace } }: FilePlace, found: T): FoundFiles<T> {
    return { agent, workspace, found };
  }

  /** The agent's files show what its prompt says: whoever may only use it does not see them. */
  private async place(
    caller: Caller,
    id: string,
    user: string | undefined,
  ): Promise<{ agent: AgentEntity; place: FilePlace }> {
    const agent = await this.rights.require(caller, id, user === undefined ? 'edit' : 'see');
    const directory = agentDirectory(this.config.get(AgentsConfig).defaults.workspace, agent);
    const place = { agent: contextAgentOf(agent, directory) };
    return { agent, place: user === undefined ? place : { ...place, userId: userOf(caller, user) } };
  }
}
