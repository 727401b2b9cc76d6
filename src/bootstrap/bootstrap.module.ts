import { Module } from '@nestjs/common';
import { ConfigService } from '#config';
import { Changes } from '#permissions';
import { ContextFileStore, deploymentOf } from '#store';
import { AgentFileSeeder } from './agent-file-seeder.js';
import { ContextFileSource } from './context-file-source.js';
import { ContextFiles } from './context-files.js';
import { DatabaseContextFiles } from './database-context-files.js';
import { DiskContextFiles } from './disk-context-files.js';
import { UserProfiles } from './user-profiles.js';

@Module({
  providers: [
    AgentFileSeeder,
    ContextFiles,
    UserProfiles,
    {
      provide: ContextFileSource,
      useFactory: (config: ConfigService, store: ContextFileStore, changes: Changes) =>
        deploymentOf(config).mode === 'managed'
          ? new DatabaseContextFiles(store, changes)
          : new DiskContextFiles(),
      inject: [ConfigService, ContextFileStore, Changes],
    },
  ],
  exports: [AgentFileSeeder, ContextFiles, UserProfiles],
})
export class BootstrapModule {}
