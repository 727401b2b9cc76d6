import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { ToolsModule } from '../tools.module.js';
import { CustomToolCatalog } from './custom-tool-catalog.js';
import { CustomToolRunner } from './custom-tool-runner.js';
import { CustomToolSource } from './custom-tool-source.js';
import { CustomTools } from './custom-tools.js';

/** Tools that admins make of commands: their records, and running them. */
@Module({
  imports: [ApprovalsModule, ToolsModule],
  providers: [CustomTools, CustomToolCatalog, CustomToolRunner, CustomToolSource],
  exports: [CustomTools],
})
export class CustomToolsModule {}
