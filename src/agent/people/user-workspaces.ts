import { Injectable } from '@nestjs/common';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ConfigService } from '#config';
import { UserDataStore } from '#store';
import { AgentsConfig } from '../agents.config.js';
import { agentDirectory, userWorkspace } from '../resolver/workspace-path.js';

/** Directories of a user below the workspaces of all agents, as this replica sees them. */
@Injectable()
export class UserWorkspaces {
  constructor(
    private readonly data: UserDataStore,
    private readonly config: ConfigService,
  ) {}

  /** Those that exist, also of agents that were deleted. */
  async of(userId: string): Promise<string[]> {
    const root = this.config.get(AgentsConfig).defaults.workspace;
    const places = await this.data.agentPlaces();
    const paths = new Set(places.map((place) => userWorkspace(agentDirectory(root, place), userId)));
    const found = await Promise.all(
      [...paths].map(async (path) => ((await isDirectory(path)) ? [path] : [])),
    );
    return found.flat();
  }

  /** Removes them, with `users` above when that is empty then. Returns how many. */
  async remove(userId: string): Promise<number> {
    const paths = await this.of(userId);
    for (const path of paths) {
      await rm(path, { recursive: true, force: true });
      const above = dirname(path);
      if (basename(above) === 'users' && (await readdir(above)).length === 0)
        await rm(above, { recursive: true });
    }
    return paths.length;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
