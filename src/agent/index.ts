export { AgentAccess } from './access/agent-access.js';
export { SHARE_ROLES, type ShareRole } from './access/agent-level.js';
export { AgentAdmin } from './admin/agent-admin.js';
export { AgentFiles, type FoundFiles } from './admin/agent-files.js';
export {
  AGENT_KEY,
  AGENT_KEY_MAX_CHARS,
  AGENT_STATUSES,
  AGENT_TYPES,
  type AgentInput,
} from './admin/agent-input.js';
export { AgentOverrides, type OverrideInput } from './admin/agent-overrides.js';
export { AgentShares } from './admin/agent-shares.js';
export { type AgentView, agentView } from './admin/agent-view.js';
export { AgentWorkspaces } from './admin/agent-workspaces.js';
export { AgentError } from './agent.errors.js';
export { AgentModule } from './agent.module.js';
export { AgentsConfig, IntakeConfig } from './agents.config.js';
export { type OwnedChoice, UserErasure } from './people/user-erasure.js';
export { type ExportLine, UserExport } from './people/user-export.js';
export { AgentResolver } from './resolver/agent-resolver.js';
export { AgentSeeder } from './resolver/agent-seeder.js';
export { WorkspaceMarker } from './resolver/workspace-marker.js';
export { RunInterest } from './replicas/run-interest.js';
export { Conversations } from './runs/conversations.js';
export type { LoggedRun } from './runs/log-buffer.js';
export { comparePositions } from './runs/positions.js';
export { RunFeed } from './runs/run-feed.js';
export type { AcceptedRun, GivenMessage, RunHandle, RunRequest, RunResult } from './runs/run-request.js';
export { RunService } from './runs/run.service.js';
