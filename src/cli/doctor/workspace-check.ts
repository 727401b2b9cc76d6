import { AgentsConfig } from '#agent';
import { type ConfigService, expandPath } from '#config';
import { directoryState } from './directory-state.js';
import type { Finding } from './finding.js';

const check = 'workspace';

/** The directories in which agents work, each once. */
export function checkWorkspaces(config: ConfigService): Promise<Finding[]> {
  const { defaults, list } = config.get(AgentsConfig);
  const own = Object.values(list).flatMap(({ workspace }) => workspace ?? []);
  const paths = new Set([defaults.workspace, ...own].map(expandPath));
  return Promise.all([...paths].map(checkWorkspace));
}

async function checkWorkspace(path: string): Promise<Finding> {
  const { exists, obstacle } = await directoryState(path);
  if (obstacle !== undefined) {
    const remedy = 'Make it writable for this user, or set GOCLAW_WORKSPACE to another directory.';
    return { check, level: 'problem', message: `${path} cannot be used: ${obstacle}`, remedy };
  }
  return { check, level: 'ok', message: exists ? path : `${path} will be created when it is needed` };
}
