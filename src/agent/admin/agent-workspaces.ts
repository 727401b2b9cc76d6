import { Injectable, Logger } from '@nestjs/common';
import { realpath, rm } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { ConfigService, expandPath } from '#config';
import { type AgentEntity, AgentStore } from '#store';
import { AgentsConfig } from '../agents.config.js';
import { agentDirectory } from '../resolver/workspace-path.js';

/** The directories of agents that are gone. */
@Injectable()
export class AgentWorkspaces {
  private readonly logger = new Logger('Agents');

  constructor(
    private readonly store: AgentStore,
    private readonly config: ConfigService,
  ) {}

  directoryOf(agent: AgentEntity): string {
    return agentDirectory(this.config.get(AgentsConfig).defaults.workspace, agent);
  }

  /**
   * Removes the directory of a deleted agent with everything in it, when it lies in the gateway's own tree of workspaces
   * and no other agent works there. `false`: it stays.
   */
  async remove(agent: AgentEntity): Promise<boolean> {
    const { workspace: root } = this.config.get(AgentsConfig).defaults;
    const directory = agentDirectory(root, agent);
    const others = (await this.store.list()).filter(({ id }) => id !== agent.id);
    const isShared = others.some((other) => {
      const theirs = agentDirectory(root, other);
      return isWithin(theirs, directory) || (theirs !== expandPath(root) && isWithin(directory, theirs));
    });
    if (isShared || !(await isOwnTree(expandPath(root), directory))) return false;
    await rm(directory, { recursive: true, force: true });
    this.logger.log(`the workspace of the deleted agent ${agent.agent_key} was removed`);
    return true;
  }
}

/** Links are resolved: what only looks as if it lay below the root stays. */
async function isOwnTree(root: string, directory: string): Promise<boolean> {
  try {
    const [real, parent] = await Promise.all([realpath(root), realpath(dirname(directory))]);
    return isWithin(parent, real) && directory !== root;
  } catch {
    // Nothing is there.
    return false;
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory + sep);
}
