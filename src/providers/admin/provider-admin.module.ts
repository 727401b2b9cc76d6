import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers.module.js';
import { DatabaseProviders } from './database-providers.js';
import { ProviderAdmin } from './provider-admin.js';
import { ProviderProbe } from './provider-probe.js';

/** Providers in the database, for managed mode. */
@Module({
  imports: [ProvidersModule],
  providers: [DatabaseProviders, ProviderAdmin, ProviderProbe],
  exports: [ProviderAdmin],
})
export class ProviderAdminModule {}
