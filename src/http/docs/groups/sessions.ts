import { ApiBody, ApiQuery } from '@nestjs/swagger';
import {
  SessionChangeDto,
  SessionDoneDto,
  SessionDto,
  SessionListDto,
  SessionMessagesDto,
} from '../../sessions/dto/session.dto.js';
import { SessionsController } from '../../sessions/sessions.controller.js';
import { UsageListDto, UsageSummaryDto } from '../../usage/dto/usage.dto.js';
import { UsageController } from '../../usage/usage.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, idParam, pageQueries, textFilter } from '../record-operations.js';

const ONE = 'a conversation';

export function describeSessions(): void {
  const position = (name: string, description: string): MethodDecorator =>
    ApiQuery({ name, description, required: false, schema: { type: 'integer', minimum: 0 } });
  describe(SessionsController, 'Conversations', {
    list: {
      summary: 'List conversations: an admin all, everybody else their own',
      answer: SessionListDto,
      also: [
        ...narrowings(),
        textFilter('channel', 'Where they are held: `ws`, `http`, a chat platform.'),
        textFilter('q', 'A part of the label or the key.'),
        ...pageQueries(['updated_at', 'created_at', 'input_tokens', 'output_tokens']),
        ...errors(400),
      ],
    },
    find: { summary: `Read ${ONE}`, answer: SessionDto, also: [idParam(ONE), ...errors(404)] },
    messages: {
      summary: `Read the messages of ${ONE} since its last reset`,
      answer: SessionMessagesDto,
      also: [
        idParam(ONE),
        ApiQuery({
          name: 'limit',
          description: 'How many on a page.',
          required: false,
          schema: { type: 'integer', minimum: 1, maximum: 200, default: 100 },
        }),
        position('after', 'Messages behind this place.'),
        position('before', 'The newest messages before this place.'),
        ...errors(400, 404),
      ],
    },
    update: {
      summary: `Give ${ONE} a label, or a model of its own`,
      answer: SessionDto,
      also: [
        idParam(ONE),
        ApiBody({
          type: SessionChangeDto,
          examples: examplesOf({
            label: { label: 'Taxes 2026' },
            model: { model: 'anthropic/claude-sonnet-4-5' },
          }),
        }),
        ...errors(400, 404),
      ],
    },
    reset: {
      summary: `Stop what goes on in ${ONE}; it begins anew`,
      answer: SessionDoneDto,
      also: [idParam(ONE), ...errors(404, 503)],
    },
    remove: {
      summary: `Stop what goes on in ${ONE}, and delete it with its messages`,
      answer: SessionDoneDto,
      also: [idParam(ONE), ...errors(404, 503)],
    },
  });
}

export function describeUsage(): void {
  const times = (): MethodDecorator[] => [
    textFilter('from', 'At or after this time (RFC 3339).'),
    textFilter('to', 'Before this time (RFC 3339).'),
  ];
  describe(UsageController, 'Usage', {
    list: {
      summary: 'List what each conversation has used',
      answer: UsageListDto,
      also: [
        ...narrowings(),
        ...times(),
        ...pageQueries(['updated_at', 'input_tokens', 'output_tokens']),
        ...errors(400),
      ],
    },
    summary: {
      summary: 'Add up what was used',
      description:
        'Of the runs that are still there (90 days unless configured otherwise); by model and by provider, of the calls of models in the traces (30 days).',
      answer: UsageSummaryDto,
      also: [
        ApiQuery({
          name: 'group_by',
          description: 'What is added up.',
          required: false,
          schema: {
            type: 'string',
            enum: ['agent', 'user', 'tenant', 'day', 'model', 'provider'],
            default: 'agent',
          },
        }),
        ...narrowings(),
        ...times(),
        ...errors(400),
      ],
    },
  });
}

function narrowings(): MethodDecorator[] {
  return [
    textFilter('user_id', 'The owner; an admin sees those of all.'),
    textFilter('tenant', 'The owner’s tenant.'),
    textFilter('agent_id', 'UUID of the agent.'),
  ];
}
