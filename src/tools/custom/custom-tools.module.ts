import { Module } from '@nestjs/common';
import { ToolsModule } from '../tools.module.js';
import { CustomTools } from './custom-tools.js';

/** Records of custom tools, for managed mode; running them comes with their runtime. */
@Module({ imports: [ToolsModule], providers: [CustomTools], exports: [CustomTools] })
export class CustomToolsModule {}
