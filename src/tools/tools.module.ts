import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SandboxModule } from '#sandbox';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { ExecModule } from './exec/exec.module.js';
import { ArgumentValidator } from './executor/argument-validator.js';
import { ToolExecutor } from './executor/tool-executor.js';
import { ToolRateLimiter } from './executor/tool-rate-limiter.js';
import { EditFileTool } from './fs/edit-file.tool.js';
import { FileLocks } from './fs/file-locks.js';
import { GlobTool } from './fs/glob.tool.js';
import { ListFilesTool } from './fs/list-files.tool.js';
import { ReadFileTool } from './fs/read-file.tool.js';
import { SandboxedWorkspaces } from './fs/sandboxed/sandboxed-workspaces.js';
import { SavedFiles } from './fs/saved-files.js';
import { SearchTool } from './fs/search.tool.js';
import { WriteFileTool } from './fs/write-file.tool.js';
import { ToolPolicy } from './policy/tool-policy.js';
import { ToolRegistry } from './registry/tool-registry.js';
import { Toolsets } from './registry/toolsets.js';

@Module({
  imports: [ApprovalsModule, DiscoveryModule, ExecModule, SandboxModule],
  providers: [
    ToolRegistry,
    Toolsets,
    ToolPolicy,
    ToolExecutor,
    ArgumentValidator,
    ToolRateLimiter,
    FileLocks,
    SandboxedWorkspaces,
    SavedFiles,
    ReadFileTool,
    WriteFileTool,
    EditFileTool,
    ListFilesTool,
    SearchTool,
    GlobTool,
  ],
  exports: [ExecModule, SavedFiles, ToolRegistry, Toolsets, ToolPolicy, ToolExecutor],
})
export class ToolsModule {}
