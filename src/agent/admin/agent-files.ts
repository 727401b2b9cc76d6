import { Injectable } from '@nestjs/common';
import { type ContextFile, ContextFiles, type FilePlace, type Identity, parseIdentity } from '#bootstrap';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { RecordError } from '#permissions';
import type { AgentEntity } from '#store';
import { AgentCatalog } from '../access/agent-catalog.js';
import { AgentsConfig } from '../agents.config.js';
import { agentDirectory, contextAgentOf } from '../resolver/workspace-path.js';
import { userOf } from './agent-overrides.js';
import { AgentRights } from './agent-rights.js';

const IDENTITY_FILE = 'IDENTITY.md';

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
    private readonly catalog: AgentCatalog,
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

  /** What the agent itself says of who it is. @throws as `AgentRights.require` */
  async ownIdentity(caller: Caller, id: string): Promise<Identity> {
    const { agent, found } = await this.find(caller, id, IDENTITY_FILE);
    return { ...agent.other_config.identity, ...parseIdentity(found?.content ?? '') };
  }

  /** How an agent that the caller may use presents itself to it. */
  async identityOf(caller: Caller, agent: AgentEntity): Promise<Identity> {
    const place = this.placeOf(agent);
    const isOpen = place.agent.type === 'open';
    const own = isOpen
      ? await this.files.find({ ...place, userId: caller.userId }, IDENTITY_FILE)
      : undefined;
    const file = own ?? (await this.files.find(place, IDENTITY_FILE));
    return { ...agent.other_config.identity, ...parseIdentity(file?.content ?? '') };
  }

  /** Whether any agent is called so. */
  async exists(key: string): Promise<boolean> {
    return (await this.catalog.find(key)) !== undefined;
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
    const place = this.placeOf(agent);
    return { agent, place: user === undefined ? place : { ...place, userId: userOf(caller, user) } };
  }

  private placeOf(agent: AgentEntity): FilePlace {
    const directory = agentDirectory(this.config.get(AgentsConfig).defaults.workspace, agent);
    return { agent: contextAgentOf(agent, directory) };
  }
}
