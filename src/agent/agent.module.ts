import { Module } from '@nestjs/common';
import { ProvidersModule } from '#providers';
import { RunExecutor, RunRecovery, Scheduler, SCHEDULER_PROVIDERS } from '#scheduler';
import { SessionsModule } from '#sessions';
import { ToolsModule } from '#tools';
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
import { AgentResolver } from './resolver/agent-resolver.js';
import { AgentSeeder } from './resolver/agent-seeder.js';
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

@Module({
  imports: [ProvidersModule, SessionsModule, ToolsModule],
  providers: [
    AgentLoop,
    AgentResolver,
    AgentSeeder,
    Compactor,
    Conversations,
    Intake,
    LogTable,
    OpenRuns,
    RemoteEnds,
    RemoteRuns,
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
    WorkspaceMarker,
    { provide: RunExecutor, useClass: AgentRunner },
    ...SCHEDULER_PROVIDERS,
  ],
  exports: [
    AgentResolver,
    AgentSeeder,
    Conversations,
    RunFeed,
    RunInterest,
    RunRecovery,
    RunService,
    Scheduler,
    WorkspaceMarker,
  ],
})
export class AgentModule {}
