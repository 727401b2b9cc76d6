import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AgentModule } from '#agent';
import { ChannelsModule } from '#channels';
import { McpModule } from '#mcp';
import { LiveConfigModule } from '#live-config';
import { ProviderAdminModule } from '#providers';
import { SessionsModule } from '#sessions';
import { SkillsModule } from '#skills';
import { ApprovalsModule, CustomToolsModule } from '#tools';
import { TracingModule } from '#tracing';
import { UsageModule } from '#usage';
import { AccessGuard } from './access/access.guard.js';
import { CrossOrigin } from './access/cross-origin.js';
import { EditableAgents } from './access/editable-agents.js';
import { RequestCaller } from './access/request-caller.js';
import { RequestGate } from './access/request-gate.js';
import { RequestLoad } from './access/request-load.js';
import { AuditController } from './audit/audit.controller.js';
import { ChannelInstancesController } from './channels/channel-instances.controller.js';
import { AgentFilesController } from './agents/agent-files.controller.js';
import { AgentOverridesController } from './agents/agent-overrides.controller.js';
import { AgentSharesController } from './agents/agent-shares.controller.js';
import { AgentsController } from './agents/agents.controller.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { ExecAllowancesController } from './approvals/exec-allowances.controller.js';
import { ChatCompletionsController } from './chat-completions/chat-completions.controller.js';
import { ConfigController } from './config/config.controller.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiDocument } from './docs/api-document.js';
import { DocsController } from './docs/docs.controller.js';
import { ErrorFilter } from './errors/error.filter.js';
import { RouteTable } from './errors/route-table.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { McpGrantsController } from './mcp/mcp-grants.controller.js';
import { McpOAuthCallbackController } from './mcp/mcp-oauth-callback.controller.js';
import { McpOAuthController } from './mcp/mcp-oauth.controller.js';
import { McpRequestsController } from './mcp/mcp-requests.controller.js';
import { McpServersController } from './mcp/mcp-servers.controller.js';
import { AgentCalls } from './mcp-server/agent-calls.js';
import { McpServerController } from './mcp-server/mcp-server.controller.js';
import { AgentMcp } from './mcp-server/agent-mcp.js';
import { ModelsController } from './models/models.controller.js';
import { ProvidersController } from './providers/providers.controller.js';
import { ResponseSessions } from './responses/response-sessions.js';
import { ResponsesController } from './responses/responses.controller.js';
import { AgentRuns } from './runs/agent-runs.js';
import { LiveRuns } from './runs/live-runs.js';
import { SkillGrantsController } from './skills/skill-grants.controller.js';
import { SkillsController } from './skills/skills.controller.js';
import { SessionAdmin } from './sessions/session-admin.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { AgentToolsController } from './tools/agent-tools.controller.js';
import { CustomToolTestController } from './tools/custom-tool-test.controller.js';
import { CustomToolsController } from './tools/custom-tools.controller.js';
import { ToolInvokeController } from './tools/tool-invoke.controller.js';
import { TracesController } from './traces/traces.controller.js';
import { UsageController } from './usage/usage.controller.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [
    AgentModule,
    ApprovalsModule,
    LiveConfigModule,
    ChannelsModule,
    CustomToolsModule,
    McpModule,
    ProviderAdminModule,
    SessionsModule,
    SkillsModule,
    TracingModule,
    UsageModule,
  ],
  controllers: [
    AgentsController,
    AgentSharesController,
    AgentOverridesController,
    AgentFilesController,
    ApprovalsController,
    ExecAllowancesController,
    ApiKeysController,
    HealthController,
    ChatCompletionsController,
    ResponsesController,
    McpServerController,
    ModelsController,
    AuditController,
    SessionsController,
    TenantsController,
    TracesController,
    UsageController,
    UsersController,
    ConfigController,
    DocsController,
    ProvidersController,
    ChannelInstancesController,
    AgentToolsController,
    CustomToolsController,
    CustomToolTestController,
    ToolInvokeController,
    SkillsController,
    SkillGrantsController,
    McpServersController,
    McpGrantsController,
    McpRequestsController,
    McpOAuthController,
    McpOAuthCallbackController,
  ],
  providers: [
    AgentCalls,
    AgentMcp,
    AgentRuns,
    ApiDocument,
    CrossOrigin,
    LiveRuns,
    Readiness,
    EditableAgents,
    RequestCaller,
    RequestGate,
    RequestLoad,
    ResponseSessions,
    RouteTable,
    SessionAdmin,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
})
export class HttpModule {}
