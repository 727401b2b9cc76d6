import { ApiBody, ApiParam, ApiQuery, PartialType } from '@nestjs/swagger';
import {
  McpAgentGrantChangeDto,
  McpAgentGrantInputDto,
  McpGrantListDto,
  McpServerGrantsDto,
  McpUserGrantChangeDto,
  McpUserGrantInputDto,
} from '../../mcp/dto/mcp-grant.dto.js';
import {
  McpRequestDto,
  McpRequestInputDto,
  McpRequestListDto,
  McpReviewDto,
} from '../../mcp/dto/mcp-request.dto.js';
import {
  McpServerChangeDto,
  McpServerDto,
  McpServerInputDto,
  McpServerListDto,
} from '../../mcp/dto/mcp-server.dto.js';
import { McpGrantsController } from '../../mcp/mcp-grants.controller.js';
import { McpRequestsController } from '../../mcp/mcp-requests.controller.js';
import { McpServersController } from '../../mcp/mcp-servers.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import {
  examplesOf,
  flagFilter,
  idParam,
  pageQueries,
  recordOperations,
  textFilter,
} from '../record-operations.js';

class McpServerChangesDto extends PartialType(McpServerInputDto) {}

const SERVERS = {
  'a program': {
    name: 'files',
    transport: 'stdio',
    command: 'npx',
    args: ['-y', '@modelcontextprotocol/server-filesystem', '/srv/files'],
    env: { TOKEN: 'secret' },
  },
  'a service': {
    name: 'search',
    transport: 'streamable-http',
    url: 'https://mcp.example.com/mcp',
    headers: { Authorization: 'Bearer secret' },
    tool_prefix: 'search',
  },
};

const AGENT = ApiParam({
  name: 'agentID',
  description: 'UUID of the agent.',
  schema: { type: 'string', format: 'uuid' },
});
const USER = ApiParam({ name: 'userID', description: 'The user.', schema: { type: 'string' } });

export function describeMcp(): void {
  describe(McpServersController, 'MCP servers', {
    ...recordOperations({
      one: 'an MCP server',
      all: 'the MCP servers',
      answer: McpServerDto,
      list: McpServerListDto,
      change: McpServerChangeDto,
      input: McpServerInputDto,
      changes: McpServerChangesDto,
      sorts: ['name', 'created_at', 'updated_at'],
      filters: [
        flagFilter('enabled', 'Only those that are, or are not.'),
        ApiQuery({
          name: 'transport',
          required: false,
          enum: ['stdio', 'sse', 'streamable-http'],
          description: 'Those that are reached so.',
        }),
      ],
      examples: SERVERS,
      changeExamples: { 'out of use': { enabled: false }, 'more time': { timeout_sec: 120 } },
    }),
  });
  describeGrants();
  describeRequests();
}

function describeGrants(): void {
  const server = idParam('an MCP server');
  const agent = {
    'all but one tool': { agent_id: '0198c0de-0000-7000-8000-000000000001', tool_deny: ['delete'] },
  };
  const user = { 'two tools': { user_id: 'ann', tool_allow: ['read', 'search'] } };
  describe(McpGrantsController, 'MCP servers', {
    ofServer: {
      summary: 'List who may use an MCP server',
      answer: McpServerGrantsDto,
      also: [server, ...errors(404)],
    },
    ofAgent: { summary: 'List the MCP servers of an agent', answer: McpGrantListDto, also: [AGENT] },
    grantAgent: {
      summary: 'Let an agent use an MCP server, or change the terms',
      answer: McpAgentGrantChangeDto,
      status: 201,
      also: [
        server,
        ApiBody({ type: McpAgentGrantInputDto, examples: examplesOf(agent) }),
        ...errors(400, 404),
      ],
    },
    revokeAgent: {
      summary: 'Let an agent use an MCP server no more',
      answer: McpAgentGrantChangeDto,
      also: [server, AGENT, ...errors(404)],
    },
    grantUser: {
      summary: 'Let a user use an MCP server, or change the terms',
      answer: McpUserGrantChangeDto,
      status: 201,
      also: [
        server,
        ApiBody({ type: McpUserGrantInputDto, examples: examplesOf(user) }),
        ...errors(400, 404),
      ],
    },
    revokeUser: {
      summary: 'Let a user use an MCP server no more',
      answer: McpUserGrantChangeDto,
      also: [server, USER, ...errors(404)],
    },
  });
}

function describeRequests(): void {
  const request = {
    'for oneself': {
      server_id: '0198c0de-0000-7000-8000-000000000002',
      scope: 'user',
      reason: 'For the reports.',
    },
  };
  describe(McpRequestsController, 'MCP servers', {
    list: {
      summary: 'List requests for access, oldest first',
      description: 'Those that wait for a review, unless a status is named. Who is no admin sees their own.',
      answer: McpRequestListDto,
      also: [
        ApiQuery({
          name: 'status',
          required: false,
          enum: ['pending', 'approved', 'rejected', 'all'],
          description: 'What became of them. Default: `pending`.',
        }),
        textFilter('server_id', 'UUID of an MCP server.'),
        ...pageQueries(['created_at']),
        ...errors(400),
      ],
    },
    create: {
      summary: 'Ask for access to an MCP server',
      answer: McpRequestDto,
      status: 201,
      also: [ApiBody({ type: McpRequestInputDto, examples: examplesOf(request) }), ...errors(400, 404, 409)],
    },
    review: {
      summary: 'Grant or refuse what was asked for',
      answer: McpRequestDto,
      also: [
        idParam('a request'),
        ApiBody({
          type: McpReviewDto,
          examples: examplesOf({
            grant: { approved: true },
            refuse: { approved: false, note: 'Ask your team for the shared one.' },
          }),
        }),
        ...errors(400, 404, 412),
      ],
    },
  });
}
