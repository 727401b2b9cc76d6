import { Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { SecretBox } from '#crypto';
import { Changes } from '#permissions';
import { ConfigOverrideStore, ConfigSecretStore, deploymentOf } from '#store';
import { ConfigEditor } from './config-editor.js';
import { ConfigLayers } from './config-layers.js';
import { ConfigStore } from './config-store.js';
import { ConfigWatcher } from './config-watcher.js';
import { DatabaseConfigStore } from './database-config-store.js';
import { DatabaseLayers } from './database-layers.js';
import { FileConfigStore } from './file-config-store.js';
import { LiveConfig } from './live-config.js';
import { NoLayers } from './no-layers.js';

@Module({
  providers: [
    ConfigEditor,
    ConfigWatcher,
    LiveConfig,
    {
      provide: ConfigLayers,
      useFactory: (
        config: ConfigService,
        overrides: ConfigOverrideStore,
        secrets: ConfigSecretStore,
        box: SecretBox,
      ) =>
        deploymentOf(config).mode === 'managed'
          ? new DatabaseLayers(overrides, secrets, box)
          : new NoLayers(),
      inject: [ConfigService, ConfigOverrideStore, ConfigSecretStore, SecretBox],
    },
    {
      provide: ConfigStore,
      useFactory: (
        layers: ConfigLayers,
        changes: Changes,
        overrides: ConfigOverrideStore,
        secrets: ConfigSecretStore,
        box: SecretBox,
      ) =>
        layers instanceof DatabaseLayers
          ? new DatabaseConfigStore(changes, overrides, secrets, layers, box)
          : new FileConfigStore(changes),
      inject: [ConfigLayers, Changes, ConfigOverrideStore, ConfigSecretStore, SecretBox],
    },
  ],
  exports: [ConfigEditor, ConfigWatcher, LiveConfig],
})
export class LiveConfigModule {}
