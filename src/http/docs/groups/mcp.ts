import { ApiBody, ApiParam, ApiProduces, ApiQuery, PartialType } from '@nestjs/swagger';
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
  McpTestDto,
} from '../../mcp/dto/mcp-server.dto.js';
import {
  McpAuthorizationDto,
  McpClientRemovedDto,
  McpOAuthClientDto,
  McpOAuthClientInputDto,
  McpSignedOutDto,
  McpTokenDto,
} from '../../mcp/dto/mcp-oauth.dto.js';
import { McpGrantsController } from '../../mcp/mcp-grants.controller.js';
import { McpOAuthCallbackController } from '../../mcp/mcp-oauth-callback.controller.js';
import { McpOAuthController } from '../../mcp/mcp-oauth.controller.js';
import { McpRequestsController } from '../../mcp/mcp-requests.controller.js';
import { McpServersController } from '../../mcp/mcp-servers.controller.js';
import { errors } from '../describe-errors.js';
import { describe, type Operation } from '../describe-operation.js';
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
    test: {
      summary: 'Try to connect to an MCP server',
      description:
        'Makes a connection of its own, as the caller, also to a server that is switched off, and tells what came of it.',
      answer: McpTestDto,
      also: [idParam('an MCP server'), ...errors(404)],
    },
  });
  describeGrants();
  describeRequests();
  describeOAuth();
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

function describeOAuth(): void {
  const server = idParam('an MCP server');
  const client = {
    'a confidential client': {
      client_id: 'goclaw',
      client_secret: 'secret',
      authorization_server: 'https://login.example.com',
    },
  };
  describe(McpOAuthController, 'MCP servers', {
    authorize: {
      summary: 'Sign in at an MCP server',
      description:
        'Gives the address that the user opens in his browser. It leads back to the gateway, which asks once more and keeps the tokens, for this user alone.',
      answer: McpAuthorizationDto,
      also: [server, ...errors(404, 412, 503)],
    },
    token: {
      summary: 'Whether one has signed in at an MCP server',
      answer: McpTokenDto,
      also: [server, ...errors(404)],
    },
    signOut: { summary: 'Sign out of an MCP server', answer: McpSignedOutDto, also: [server] },
    client: {
      summary: 'What the gateway is at the authorization server of an MCP server',
      answer: McpOAuthClientDto,
      also: [server, ...errors(404)],
    },
    setClient: {
      summary: 'Set a client that was registered at the authorization server by hand',
      answer: McpOAuthClientDto,
      also: [
        server,
        ApiBody({ type: McpOAuthClientInputDto, examples: examplesOf(client) }),
        ...errors(400, 404),
      ],
    },
    removeClient: {
      summary: 'Forget the client; the gateway registers itself again where it can',
      answer: McpClientRemovedDto,
      also: [server, ...errors(404)],
    },
  });
  describePages();
}

/** For browsers that come back from an authorization server. */
function describePages(): void {
  const query = (name: string, description: string, required = false): MethodDecorator =>
    ApiQuery({ name, required, description, schema: { type: 'string' } });
  const also = [
    query('state', 'What the sign-in began with.', true),
    query('code', 'What the tokens are given for.'),
    query('iss', 'Who answers (RFC 9207).'),
    query('error', 'Why the authorization server refused.'),
    ApiProduces('text/html'),
  ];
  const page = (summary: string): Operation => ({
    summary,
    answer: String,
    answerDescription: 'A page for people.',
    also: [...also, ...errors(404, 412)],
  });
  describe(McpOAuthCallbackController, 'MCP servers', {
    confirm: page('Come back from signing in: asks whether to connect'),
    finish: { ...page('Come back from signing in: connects'), status: 200 },
  });
}
