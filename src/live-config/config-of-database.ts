import { type ConfigOverlay, type ConfigService, loadConfig } from '#config';
import { ConfigOverrideStore, ConfigSecretStore, type Database, deploymentOf, secretBoxOf } from '#store';
import { DatabaseLayers } from './database-layers.js';

/**
 * Puts what the database has of the configuration over what the file says, before the program uses it. In standalone
 * mode there is nothing.
 * @throws ConfigError when file and database do not fit together
 */
export async function useConfigOfDatabase(config: ConfigService, database: Database): Promise<void> {
  const { source } = config;
  if (!source || deploymentOf(config).mode === 'standalone') return;
  const overlay: ConfigOverlay = await new DatabaseLayers(
    new ConfigOverrideStore(database),
    new ConfigSecretStore(database),
    secretBoxOf(config),
  ).read();
  config.begin(loadConfig(source, overlay));
}
