import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigService } from './config.service.js';

/** Makes an already loaded configuration available to every module. */
@Module({})
export class ConfigModule {
  static forRoot(config: ConfigService): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: ConfigService, useValue: config }],
      exports: [ConfigService],
    };
  }
}
