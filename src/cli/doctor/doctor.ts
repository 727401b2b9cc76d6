import type { ConfigService } from '#config';
import { deploymentOf } from '#store';
import type { CliContext } from '../cli-context.js';
import { checkBrowser } from './browser-check.js';
import { checkConfiguration, explainConfigError } from './configuration-check.js';
import { checkDataDirectory } from './data-directory-check.js';
import { checkDatabase } from './database-check.js';
import { checkEncryptionKey } from './encryption-key-check.js';
import type { Finding } from './finding.js';
import { checkNode } from './node-check.js';
import { checkPort } from './port-check.js';
import { checkProviders } from './provider-check.js';
import { checkSandbox } from './sandbox-check.js';
import { checkWorkspaces } from './workspace-check.js';

/** Every finding, in a fixed order, each as soon as it and those before it are known; checks go on in parallel. */
export async function* examine(context: CliContext, configPath: string | undefined): AsyncGenerator<Finding> {
  yield checkNode(process.versions.node);
  let config: ConfigService;
  try {
    config = context.loadConfig(configPath);
  } catch (error) {
    yield* explainConfigError(error);
    return;
  }
  yield* checkConfiguration(config);
  yield* checkEncryptionKey(config);
  const checks = [
    guarded('data directory', checkDataDirectory(deploymentOf(config).dataDir)),
    guarded('database', checkDatabase(config)),
    guarded('provider', checkProviders(config)),
    guarded('port', checkPort(config)),
    guarded('workspace', checkWorkspaces(config)),
    guarded('sandbox', checkSandbox(config)),
    guarded('browser', checkBrowser(config)),
  ];
  for (const findings of checks) yield* await findings;
}

/** A check that breaks is a finding itself, and never keeps the others from the reader. */
async function guarded(check: string, work: Promise<Finding | readonly Finding[]>): Promise<Finding[]> {
  try {
    return [await work].flat();
  } catch (error) {
    const message = `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check, level: 'problem', message, remedy: 'Please report this as a bug of GoClaw.' }];
  }
}
