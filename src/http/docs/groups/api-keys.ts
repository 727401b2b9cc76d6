import { ApiBody, ApiQuery } from '@nestjs/swagger';
import {
  ApiKeyChangesDto,
  ApiKeyDto,
  ApiKeyInputDto,
  ApiKeyListDto,
  ApiKeyRotationDto,
  IssuedApiKeyDto,
} from '../../api-keys/dto/api-key.dto.js';
import { ApiKeysController } from '../../api-keys/api-keys.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, idParam, ifMatchHeader, recordOperations, textFilter } from '../record-operations.js';

const EXAMPLES = {
  'for one user': { name: 'Ann’s laptop', role: 'operator', user_id: 'ann' },
  'for the backend of a tenant': {
    name: 'Acme backend',
    role: 'operator',
    tenant: 'acme',
    rate_limit_rpm: 600,
    expires_at: '2027-12-31T00:00:00Z',
  },
  'for an administrator': { name: 'Platform team', role: 'admin' },
};

const CHANGES = {
  'another end': { expires_at: '2028-12-31T00:00:00Z' },
  'reading only': { scopes: ['operator.read'] },
};

export function describeApiKeys(): void {
  const records = recordOperations({
    one: 'an API key',
    all: 'the API keys',
    description: 'An admin sees all of them, everybody else those that are bound to them.',
    answer: ApiKeyDto,
    list: ApiKeyListDto,
    change: ApiKeyDto,
    input: ApiKeyInputDto,
    changes: ApiKeyChangesDto,
    sorts: ['created_at', 'name', 'last_used_at', 'expires_at'],
    filters: filters(),
    examples: EXAMPLES,
    changeExamples: CHANGES,
  });
  const { remove, create, ...rest } = records;
  describe(ApiKeysController, 'API keys', {
    ...rest,
    create: {
      ...create,
      answer: IssuedApiKeyDto,
      answerDescription: 'With the key: it is shown this one time and not kept.',
      also: [ApiBody({ type: ApiKeyInputDto, examples: examplesOf(EXAMPLES) }), ...errors(400)],
    },
    rotate: {
      summary: 'Give an API key a new secret',
      answer: IssuedApiKeyDto,
      answerDescription: 'With the new key: it is shown this one time and not kept.',
      also: [
        idParam('an API key'),
        ifMatchHeader(),
        ApiBody({
          type: ApiKeyRotationDto,
          required: false,
          examples: examplesOf({ 'the old one works for an hour more': { grace_seconds: 3600 } }),
        }),
        ...errors(400, 404, 412),
      ],
    },
    revoke: {
      ...remove,
      summary: 'Revoke an API key',
      description: 'Its connections and streams end at once, its runs at their next step.',
    },
  });
}

function filters(): MethodDecorator[] {
  return [
    ApiQuery({
      name: 'role',
      required: false,
      enum: ['viewer', 'operator', 'admin'],
      description: 'Those of this role.',
    }),
    ApiQuery({
      name: 'status',
      required: false,
      enum: ['active', 'expired', 'revoked'],
      description: 'Those that are so now.',
    }),
    textFilter('user_id', 'Those that are bound to this user.'),
    textFilter('tenant', 'Those that are bound to this tenant.'),
  ];
}
