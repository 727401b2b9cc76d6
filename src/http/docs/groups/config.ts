import { ApiBody, ApiExtraModels, ApiHeader, getSchemaPath } from '@nestjs/swagger';
import { ConfigController } from '../../config/config.controller.js';
import { ConfigChangeDto, ConfigDto, ConfigEditDto, ConfigSchemaDto } from '../../config/dto/config.dto.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';

const EXAMPLES = {
  'a section': { value: { gateway: { rate_limit_rpm: 60 } } },
  'JSON5 text': {
    value: { raw: '{ tools: { deny: ["group:runtime"] } }' },
  },
  'a secret': { value: { providers: { openai: { api_key: 'sk-your-key' } } } },
};

export function describeConfig(): void {
  const change = (): MethodDecorator[] => [
    ApiExtraModels(ConfigEditDto),
    ApiBody({
      schema: { allOf: [{ $ref: getSchemaPath(ConfigEditDto) }], additionalProperties: true },
      examples: EXAMPLES,
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'The ETag that was read: 412 when somebody else has changed it since.',
    }),
    ...errors(400, 412),
  ];
  describe(ConfigController, 'Configuration', {
    read: { summary: 'Read the configuration, secrets masked', answer: ConfigDto },
    schema: {
      summary: 'Read the JSON Schema of the configuration',
      answer: ConfigSchemaDto,
    },
    apply: {
      summary: 'Replace the configuration',
      description: 'Secrets that are not named stay: `***` is one that stays, `null` one that goes.',
      answer: ConfigChangeDto,
      also: change(),
    },
    patch: {
      summary: 'Change a part of the configuration',
      description: '`null` is the default again. Lists are replaced as a whole.',
      answer: ConfigChangeDto,
      also: change(),
    },
  });
}
