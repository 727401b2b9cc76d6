import { ApiBody, ApiExtraModels, ApiParam, ApiQuery } from '@nestjs/swagger';
import { AgentFilesController } from '../agents/agent-files.controller.js';
import { AgentOverridesController } from '../agents/agent-overrides.controller.js';
import { AgentSharesController } from '../agents/agent-shares.controller.js';
import { AgentsController } from '../agents/agents.controller.js';
import { ChannelInstancesController } from '../channels/channel-instances.controller.js';
import { ChatCompletionDto } from '../chat-completions/dto/chat-completion.dto.js';
import {
  ChatCompletionRequestDto,
  ContentPartDto,
} from '../chat-completions/dto/chat-completion-request.dto.js';
import { ApiKeysController } from '../api-keys/api-keys.controller.js';
import { ConfigController } from '../config/config.controller.js';
import { ApprovalsController } from '../approvals/approvals.controller.js';
import { ExecAllowancesController } from '../approvals/exec-allowances.controller.js';
import { AuditController } from '../audit/audit.controller.js';
import { ChatCompletionsController } from '../chat-completions/chat-completions.controller.js';
import { HealthController } from '../health/health.controller.js';
import { HealthDto, LivenessDto, ReadinessDto } from '../health/dto/health.dto.js';
import { TRACES_PAGE_DEFAULT, TRACES_PAGE_MAX } from '../http.limits.js';
import { McpGrantsController } from '../mcp/mcp-grants.controller.js';
import { McpOAuthCallbackController } from '../mcp/mcp-oauth-callback.controller.js';
import { McpOAuthController } from '../mcp/mcp-oauth.controller.js';
import { McpRequestsController } from '../mcp/mcp-requests.controller.js';
import { McpServersController } from '../mcp/mcp-servers.controller.js';
import { McpServerController } from '../mcp-server/mcp-server.controller.js';
import { ModelDto, ModelListDto } from '../models/dto/model.dto.js';
import { ModelsController } from '../models/models.controller.js';
import { ResponseDto } from '../responses/dto/response.dto.js';
import { InputMessageDto, InputPartDto, ResponseRequestDto } from '../responses/dto/response-request.dto.js';
import { ResponsesController } from '../responses/responses.controller.js';
import { ProvidersController } from '../providers/providers.controller.js';
import { SkillGrantsController } from '../skills/skill-grants.controller.js';
import { SkillsController } from '../skills/skills.controller.js';
import { SessionsController } from '../sessions/sessions.controller.js';
import { TenantsController } from '../tenants/tenants.controller.js';
import { AgentToolsController } from '../tools/agent-tools.controller.js';
import { CustomToolTestController } from '../tools/custom-tool-test.controller.js';
import { CustomToolsController } from '../tools/custom-tools.controller.js';
import { ToolInvokeController } from '../tools/tool-invoke.controller.js';
import { TraceListDto, TraceWithSpansDto } from '../traces/dto/trace.dto.js';
import { TracesController } from '../traces/traces.controller.js';
import { UsageController } from '../usage/usage.controller.js';
import { UsersController } from '../users/users.controller.js';
import { errors, openAiErrors } from './describe-errors.js';
import { describe } from './describe-operation.js';
import { describeApprovals } from './groups/approvals.js';
import { describeAgentAdministration } from './groups/agents.js';
import { describeApiKeys } from './groups/api-keys.js';
import { describeChannelInstances } from './groups/channel-instances.js';
import { describeCustomTools } from './groups/custom-tools.js';
import { describeMcpServer } from './groups/mcp-server.js';
import { describeMcp } from './groups/mcp.js';
import { describeAudit } from './groups/audit.js';
import { describePeople } from './groups/people.js';
import { describeSessions, describeUsage } from './groups/sessions.js';
import { describeConfig } from './groups/config.js';
import { describeProviders } from './groups/providers.js';
import { describeSkills } from './groups/skills.js';
import { describeTools } from './groups/tools.js';
import { examplesOf, idParam } from './record-operations.js';
import { agentHeaders, lastEventId } from './request-headers.js';

/** The controllers that are documented. */
export const DOCUMENTED = [
  HealthController,
  ChatCompletionsController,
  ResponsesController,
  McpServerController,
  ModelsController,
  AuditController,
  SessionsController,
  UsageController,
  UsersController,
  TenantsController,
  TracesController,
  AgentsController,
  AgentSharesController,
  AgentOverridesController,
  AgentFilesController,
  ConfigController,
  ApiKeysController,
  ProvidersController,
  ChannelInstancesController,
  AgentToolsController,
  CustomToolsController,
  CustomToolTestController,
  ToolInvokeController,
  ApprovalsController,
  ExecAllowancesController,
  SkillsController,
  SkillGrantsController,
  McpServersController,
  McpGrantsController,
  McpRequestsController,
  McpOAuthController,
  McpOAuthCallbackController,
];

export function describeRoutes(): void {
  describeAgents();
  describeMcpServer();
  describeModels();
  describeTraces();
  describeSessions();
  describeUsage();
  describePeople();
  describeAudit();
  describeAgentAdministration();
  describeConfig();
  describeApiKeys();
  describeProviders();
  describeChannelInstances();
  describeCustomTools();
  describeTools();
  describeMcp();
  describeApprovals();
  describeSkills();
  describe(HealthController, 'Health', {
    health: { summary: 'The gateway answers', answer: HealthDto },
    live: { summary: 'The process lives', answer: LivenessDto },
    ready: { summary: 'Requests can be sent here', answer: ReadinessDto, also: errors(503) },
  });
}

const QUESTION = { role: 'user', content: 'What can you do?' };
const CHAT_EXAMPLES = {
  'a question': { model: 'goclaw:default', messages: [QUESTION] },
  'as a stream': { model: 'goclaw:default', messages: [QUESTION], stream: true },
};
const RESPONSE_EXAMPLES = {
  'a question': { model: 'goclaw:default', input: 'What can you do?' },
  'to be read later': { model: 'goclaw:default', input: 'Write a report.', background: true },
};

function describeAgents(): void {
  const asking = (
    request: typeof ChatCompletionRequestDto | typeof ResponseRequestDto,
    examples: Readonly<Record<string, object>>,
  ): MethodDecorator[] => [
    ...agentHeaders(),
    ApiBody({ type: request, examples: examplesOf(examples) }),
    ...openAiErrors(400, 404, 409, 413, 429, 503),
  ];
  const answerDescription = 'With `stream: true`, server-sent events as OpenAI sends them.';
  describe(ChatCompletionsController, 'Ask agents', {
    create: {
      summary: 'Ask an agent (chat completions)',
      answer: ChatCompletionDto,
      answerDescription,
      also: [...asking(ChatCompletionRequestDto, CHAT_EXAMPLES), ApiExtraModels(ContentPartDto)],
    },
  });
  const id = ApiParam({ name: 'id', description: 'Id of a response.' });
  describe(ResponsesController, 'Ask agents', {
    create: {
      summary: 'Ask an agent (responses)',
      answer: ResponseDto,
      answerDescription,
      also: [...asking(ResponseRequestDto, RESPONSE_EXAMPLES), ApiExtraModels(InputMessageDto, InputPartDto)],
    },
    retrieve: {
      summary: 'Read a response',
      answer: ResponseDto,
      also: [
        id,
        ApiQuery({ name: 'stream', type: Boolean, required: false, description: 'Read it as events.' }),
        ApiQuery({
          name: 'starting_after',
          type: Number,
          required: false,
          description: 'Events up to this number are left out.',
        }),
        lastEventId(),
        ...openAiErrors(400, 404, 409),
      ],
    },
    cancel: { summary: 'Stop a response', answer: ResponseDto, also: [id, ...openAiErrors(404)] },
  });
}

function describeModels(): void {
  describe(ModelsController, 'Ask agents', {
    list: { summary: 'List the agents, as models', answer: ModelListDto },
    find: {
      summary: 'Read an agent, as a model',
      answer: ModelDto,
      also: [
        ApiParam({ name: 'id', description: '`goclaw:<agent_key>`, as the list names it.' }),
        ...openAiErrors(404),
      ],
    },
  });
}

function describeTraces(): void {
  const filter = (name: string, description: string): MethodDecorator =>
    ApiQuery({ name, description, required: false, type: String });
  describe(TracesController, 'Traces', {
    list: {
      summary: 'List what happened, newest first (managed mode)',
      answer: TraceListDto,
      also: [
        filter('agent_id', 'UUID of the agent.'),
        filter('user_id', 'The user; an admin sees those of all.'),
        filter('session_key', 'The conversation.'),
        filter('run_id', 'UUID of the run.'),
        ApiQuery({
          name: 'status',
          enum: ['running', 'completed', 'error'],
          required: false,
          description: 'How it ended, if it has.',
        }),
        filter('from', 'Started at or after this time (RFC 3339).'),
        filter('to', 'Started before this time (RFC 3339).'),
        ApiQuery({
          name: 'limit',
          description: 'How many on a page.',
          required: false,
          schema: { type: 'integer', minimum: 1, maximum: TRACES_PAGE_MAX, default: TRACES_PAGE_DEFAULT },
        }),
        ApiQuery({
          name: 'offset',
          description: 'How many to leave out; `after` is cheaper.',
          required: false,
          schema: { type: 'integer', minimum: 0, default: 0 },
        }),
        ApiQuery({
          name: 'sort',
          description: 'With a hyphen: descending.',
          required: false,
          enum: ['start_time', '-start_time', 'duration_ms', '-duration_ms'],
        }),
        ApiQuery({
          name: 'after',
          required: false,
          type: String,
          description: '`next` of the page before; cheaper than `offset`.',
        }),
        ApiQuery({ name: 'total', required: false, type: Boolean, description: '`true`: count them, too.' }),
        ...errors(400, 404),
      ],
    },
    find: {
      summary: 'Read a trace with its spans (managed mode)',
      answer: TraceWithSpansDto,
      also: [idParam('a trace'), ...errors(400, 404)],
    },
  });
}
