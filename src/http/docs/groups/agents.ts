import { ApiBody, ApiParam, ApiQuery, PartialType } from '@nestjs/swagger';
import { AgentFilesController } from '../../agents/agent-files.controller.js';
import { AgentOverridesController } from '../../agents/agent-overrides.controller.js';
import { AgentSharesController } from '../../agents/agent-shares.controller.js';
import { AgentsController } from '../../agents/agents.controller.js';
import {
  AgentFileChangeDto,
  AgentFileDto,
  AgentFileInputDto,
  AgentFileListDto,
} from '../../agents/dto/agent-file.dto.js';
import {
  AgentOverrideChangeDto,
  AgentOverrideDto,
  AgentOverrideInputDto,
  AgentOverrideListDto,
} from '../../agents/dto/agent-override.dto.js';
import {
  AgentShareChangeDto,
  AgentShareInputDto,
  AgentShareListDto,
} from '../../agents/dto/agent-share.dto.js';
import { AgentChangeDto, AgentDto, AgentInputDto, AgentListDto } from '../../agents/dto/agent.dto.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import {
  examplesOf,
  ifMatchHeader,
  pageQueries,
  recordOperations,
  textFilter,
} from '../record-operations.js';

class AgentChangesDto extends PartialType(AgentInputDto) {}

const TAG = 'Agents';

const EXAMPLES = {
  'an assistant for everybody': {
    agent_key: 'assistant',
    display_name: 'Assistant',
    owner_id: 'system',
  },
  'a support agent with few tools': {
    agent_key: 'support',
    display_name: 'Support',
    agent_type: 'predefined',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    tools_config: { profile: 'minimal', alsoAllow: ['read_file'] },
    other_config: { temperature: 0.2, fallbacks: ['openai/gpt-4o'] },
  },
};

const CHANGES = {
  'another model': { provider: 'anthropic', model: 'claude-sonnet-4-5-20250929' },
  'fewer tools': { tools_config: { deny: ['write_file', 'edit_file'] } },
  'out of use': { status: 'inactive' },
};

const agentId = (): MethodDecorator =>
  ApiParam({ name: 'id', description: 'UUID or key of the agent.', schema: { type: 'string' } });
const userId = (): MethodDecorator =>
  ApiParam({ name: 'userID', description: 'The user: `me`, or for an admin anybody.' });

export function describeAgentAdministration(): void {
  const records = recordOperations({
    one: 'an agent',
    all: 'agents',
    description: 'An admin sees all, everybody else those that they may use.',
    answer: AgentDto,
    list: AgentListDto,
    change: AgentChangeDto,
    input: AgentInputDto,
    changes: AgentChangesDto,
    sorts: ['created_at', 'agent_key', 'updated_at'],
    filters: [
      textFilter('owner_id', 'Only those of this owner.'),
      ApiQuery({
        name: 'status',
        required: false,
        enum: ['active', 'inactive'],
        description: 'Whether it takes runs.',
      }),
      ApiQuery({
        name: 'agent_type',
        required: false,
        enum: ['open', 'predefined'],
        description: 'Whose context files it has: each user’s, or its own.',
      }),
      textFilter('provider', 'Only those that name this provider.'),
      textFilter('q', 'Part of the key or the display name.'),
    ],
    examples: EXAMPLES,
    changeExamples: CHANGES,
  });
  const change = [
    agentId(),
    ifMatchHeader(),
    ApiBody({ type: AgentChangesDto, examples: examplesOf(CHANGES) }),
    ...errors(400, 404, 412),
  ];
  describe(AgentsController, TAG, {
    ...records,
    create: { ...records.create, answer: AgentChangeDto },
    find: { ...records.find, also: [agentId(), ...errors(404)] },
    replace: { ...records.replace, also: change },
    update: { ...records.update, also: change },
    remove: {
      ...records.remove,
      description:
        'Its runs end at their next step, its key is free again, its conversations stay. The default agent cannot be deleted: make another one the default first.',
      also: [agentId(), ifMatchHeader(), ...errors(404, 412)],
    },
  });
  describeShares();
  describeOverrides();
  describeFiles();
}

function describeShares(): void {
  describe(AgentSharesController, TAG, {
    list: {
      summary: 'List whom an agent is shared with',
      answer: AgentShareListDto,
      also: [agentId(), ...pageQueries(['created_at', 'user_id']), ...errors(400, 404)],
    },
    create: {
      summary: 'Share an agent with a user',
      description: 'Who has it already gets the other role.',
      answer: AgentShareChangeDto,
      status: 201,
      also: [
        agentId(),
        ApiBody({
          type: AgentShareInputDto,
          examples: examplesOf({
            'to use': { user_id: 'tenant.acme.user.ann', role: 'user' },
            'to edit': { user_id: 'tenant.acme.user.bob', role: 'editor' },
          }),
        }),
        ...errors(400, 404),
      ],
    },
    remove: {
      summary: 'Withdraw a share',
      description: 'Runs of that user with the agent end at their next step.',
      answer: AgentShareChangeDto,
      also: [agentId(), ApiParam({ name: 'userID', description: 'The user.' }), ...errors(404)],
    },
  });
}

function describeOverrides(): void {
  const one = [agentId(), userId()];
  describe(AgentOverridesController, TAG, {
    list: {
      summary: 'List what users have set for themselves on an agent',
      answer: AgentOverrideListDto,
      also: [agentId(), ...pageQueries(['updated_at', 'user_id']), ...errors(400, 404)],
    },
    find: {
      summary: 'Read what a user has set on an agent',
      answer: AgentOverrideDto,
      also: [...one, ...errors(404)],
    },
    replace: {
      summary: 'Set model and settings of a user on an agent',
      description: 'Replaces all that was set. In effect from the user’s next run on.',
      answer: AgentOverrideChangeDto,
      also: [
        ...one,
        ifMatchHeader(),
        ApiBody({
          type: AgentOverrideInputDto,
          examples: examplesOf({
            'another model': { provider: 'openai', model: 'gpt-4o', settings: { temperature: 0.2 } },
          }),
        }),
        ...errors(400, 404, 412),
      ],
    },
    remove: {
      summary: 'Clear what a user has set on an agent',
      answer: AgentOverrideChangeDto,
      also: [...one, ifMatchHeader(), ...errors(404, 412)],
    },
  });
}

function describeFiles(): void {
  const user = textFilter('user_id', 'The files of this user of the agent: `me`, or for an admin anybody.');
  const name = ApiParam({ name: 'name', description: 'Name of the file, e.g. `SOUL.md`.' });
  describe(AgentFilesController, TAG, {
    list: {
      summary: 'List the context files of an agent',
      answer: AgentFileListDto,
      also: [agentId(), user, ...errors(404)],
    },
    find: {
      summary: 'Read a context file',
      answer: AgentFileDto,
      also: [agentId(), name, user, ...errors(400, 404)],
    },
    replace: {
      summary: 'Write a context file',
      description: 'In effect from the next run on.',
      answer: AgentFileChangeDto,
      also: [
        agentId(),
        name,
        user,
        ifMatchHeader(),
        ApiBody({
          type: AgentFileInputDto,
          examples: examplesOf({ 'SOUL.md': { content: '# How you are\n\nFriendly, and brief.\n' } }),
        }),
        ...errors(400, 404, 412),
      ],
    },
    remove: {
      summary: 'Delete a context file',
      answer: AgentFileChangeDto,
      also: [agentId(), name, user, ifMatchHeader(), ...errors(400, 404, 412)],
    },
  });
}
