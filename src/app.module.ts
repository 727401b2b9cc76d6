import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AgentModule } from '#agent';
import { BrowserModule } from '#browser';
import { BusModule } from '#bus';
import { ChannelsModule } from '#channels';
import { ConfigModule, type ConfigService } from '#config';
import { GatewayModule } from '#gateway';
import { HttpModule } from '#http';
import { KernelModule } from '#kernel';
import { LiveConfigModule } from '#live-config';
import { NetModule } from '#net';
import { PermissionsModule } from '#permissions';
import { ProcessesModule } from '#processes';
import { type Database, StoreModule } from '#store';
import { ImageToolsModule, WebToolsModule } from '#tools';
import { TracingModule } from '#tracing';

/**
 * The whole gateway, on a configuration and a database that are there already. `extensions` add channels and tools
 * that are found by their marks.
 */
@Module({})
export class AppModule {
  static forRoot(
    config: ConfigService,
    database: Database,
    extensions: readonly DynamicModule[] = [],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        KernelModule,
        ConfigModule.forRoot(config),
        StoreModule.forRoot(database),
        ScheduleModule.forRoot(),
        NetModule,
        ProcessesModule,
        BusModule,
        PermissionsModule,
        LiveConfigModule,
        TracingModule,
        BrowserModule,
        AgentModule,
        WebToolsModule,
        ImageToolsModule,
        ChannelsModule,
        HttpModule,
        GatewayModule,
        ...extensions,
      ],
    };
  }
}
