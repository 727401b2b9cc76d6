import { Module } from '@nestjs/common';
import { BootstrapModule } from '#bootstrap';
import { McpModule } from '#mcp';
import { ProvidersModule } from '#providers';
import { RunExecutor, RunRecovery, Scheduler, SCHEDULER_PROVIDERS } from '#scheduler';
import { SessionsModule } from '#sessions';
import { ToolsModule } from '#tools';
import { AgentAccess } from './access/agent-access.js';
import { AgentCatalog } from './access/agent-catalog.js';
import { RunAuthority } from './access/run-authority.js';
import { UserOverrides } from './access/user-overrides.js';
import { VisibleMcpServers } from './access/visible-mcp-servers.js';
import { AgentAdmin } from './admin/agent-admin.js';
import { AgentColumns } from './admin/agent-columns.js';
import { AgentFiles } from './admin/agent-files.js';
import { AgentOverrides } from './admin/agent-overrides.js';
import { AgentRights } from './admin/agent-rights.js';
import { AgentShares } from './admin/agent-shares.js';
import { AgentWorkspaces } from './admin/agent-workspaces.js';
import { Compactor } from './compaction/compactor.js';
import { Summariser } from './compaction/summariser.js';
import { AgentLoop } from './loop/agent-loop.js';
import { AgentRunner } from './loop/agent-runner.js';
import { RunEnding } from './loop/run-ending.js';
import { RunResumption } from './loop/run-resumption.js';
import { RunSteps } from './loop/run-steps.js';
import { ToolCalls } from './loop/tool-calls.js';
import { RemoteEnds } from './replicas/remote-ends.js';
import { RemoteRuns } from './replicas/remote-runs.js';
import { RunBeacon } from './replicas/run-beacon.js';
import { RunInterest } from './replicas/run-interest.js';
import { UserErasure } from './people/user-erasure.js';
import { UserExport } from './people/user-export.js';
import { UserRuns } from './people/user-runs.js';
import { UserWorkspaces } from './people/user-workspaces.js';
import { AgentResolver } from './resolver/agent-resolver.js';
import { AgentSeeder } from './resolver/agent-seeder.js';
import { AgentsOfConfig } from './resolver/agents-of-config.js';
import { ModelTargets } from './resolver/model-targets.js';
import { WorkspaceMarker } from './resolver/workspace-marker.js';
import { Conversations } from './runs/conversations.js';
import { Intake } from './runs/intake.js';
import { LogTable } from './runs/log-table.js';
import { OpenRuns } from './runs/open-runs.js';
import { RunFeed } from './runs/run-feed.js';
import { RunLog } from './runs/run-log.js';
import { RunResults } from './runs/run-results.js';
import { RunSubmission } from './runs/run-submission.js';
import { RunWatch } from './runs/run-watch.js';
import { RunService } from './runs/run.service.js';
import { InvocationGrounds } from './tools/invocation-grounds.js';
import { InvocationRecords } from './tools/invocation-records.js';
import { ToolExplanations } from './tools/tool-explanations.js';
import { ToolInvocations } from './tools/tool-invocations.js';

@Module({
  imports: [BootstrapModule, McpModule, ProvidersModule, SessionsModule, ToolsModule],
  providers: [
    AgentAccess,
    VisibleMcpServers,
    AgentAdmin,
    AgentCatalog,
    AgentColumns,
    AgentFiles,
    AgentLoop,
    AgentOverrides,
    AgentResolver,
    AgentRights,
    AgentSeeder,
    AgentShares,
    AgentWorkspaces,
    AgentsOfConfig,
    Compactor,
    Conversations,
    Intake,
    InvocationGrounds,
    InvocationRecords,
    LogTable,
    ModelTargets,
    OpenRuns,
    RemoteEnds,
    RemoteRuns,
    RunAuthority,
    RunBeacon,
    RunEnding,
    RunFeed,
    RunInterest,
    RunLog,
    RunResults,
    RunResumption,
    RunService,
    RunSteps,
    RunSubmission,
    RunWatch,
    Summariser,
    ToolCalls,
    ToolExplanations,
    ToolInvocations,
    UserErasure,
    UserExport,
    UserOverrides,
    UserRuns,
    UserWorkspaces,
    WorkspaceMarker,
    { provide: RunExecutor, useClass: AgentRunner },
    ...SCHEDULER_PROVIDERS,
  ],
  exports: [
    AgentAccess,
    VisibleMcpServers,
    AgentAdmin,
    AgentFiles,
    AgentOverrides,
    AgentResolver,
    AgentSeeder,
    AgentShares,
    AgentWorkspaces,
    Conversations,
    RunFeed,
    RunInterest,
    RunRecovery,
    RunService,
    Scheduler,
    ToolExplanations,
    ToolInvocations,
    UserErasure,
    UserExport,
    WorkspaceMarker,
  ],
})
export class AgentModule {}
