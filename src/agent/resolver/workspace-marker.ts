import { Injectable, Logger } from '@nestjs/common';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigService, expandPath } from '#config';
import { Clock, isUuid, newId } from '#kernel';
import { DeploymentFacts } from '#store';
import { AgentsConfig } from '../agents.config.js';

/** Lies in the root of the workspaces, and is the same for all replicas that share that volume. */
export const MARKER_FILE = '.goclaw-workspace';

/** Another replica that starts at the same time is given this long to write its marker. */
const RETRIES = 3;
const RETRY_MS = 300;

/** Finds out whether all replicas work on the same files. */
@Injectable()
export class WorkspaceMarker {
  private readonly logger = new Logger('Workspace');

  constructor(
    private readonly facts: DeploymentFacts,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Warns when the replicas that are running have other files; the start goes on. */
  async check(): Promise<void> {
    if (!this.facts.areShared) return;
    const root = expandPath(this.config.get(AgentsConfig).defaults.workspace);
    try {
      if (await this.isCommon(root)) return;
      this.logger.warn(
        `THE WORKSPACE ${root} IS NOT SHARED with the other gateways on this database: what an agent writes on one of ` +
          'them is missing on the others. Mount one volume at GOCLAW_WORKSPACE of every gateway.',
      );
    } catch (error) {
      this.logger.warn(`it is unknown whether ${root} is shared with other gateways: ${String(error)}`);
    }
  }

  private async isCommon(root: string): Promise<boolean> {
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      if (attempt > 0) await this.clock.wait(RETRY_MS);
      const marker = await readMarker(root);
      const id = marker ?? newId();
      if (await this.facts.agree('workspace', id)) {
        if (!marker) await writeMarker(root, id);
        return true;
      }
    }
    return false;
  }
}

async function readMarker(root: string): Promise<string | undefined> {
  try {
    const id = (await readFile(join(root, MARKER_FILE), 'utf8')).trim();
    return isUuid(id) ? id : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeMarker(root: string, id: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await writeFile(join(root, MARKER_FILE), `${id}\n`);
}
