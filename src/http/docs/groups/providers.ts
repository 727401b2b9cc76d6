import { ApiBody, ApiQuery, PartialType } from '@nestjs/swagger';
import {
  ProviderChangeDto,
  ProviderCheckDto,
  ProviderDto,
  ProviderInputDto,
  ProviderListDto,
  ProviderModelsDto,
  ProviderTestDto,
  UnsavedProviderTestDto,
} from '../../providers/dto/provider.dto.js';
import { ProvidersController } from '../../providers/providers.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, flagFilter, idParam, recordOperations } from '../record-operations.js';

class ProviderChangesDto extends PartialType(ProviderInputDto) {}

const EXAMPLES = {
  'a vendor': { name: 'anthropic', api_key: 'sk-ant-your-key' },
  'a model server of your own': {
    name: 'ollama',
    provider_type: 'openai_compat',
    api_base: 'http://127.0.0.1:11434/v1',
    settings: { default_model: 'llama3.2' },
  },
};

export function describeProviders(): void {
  describe(ProvidersController, 'Providers', {
    ...recordOperations({
      one: 'a provider',
      all: 'the providers of the database',
      description:
        'Providers of the configuration file are not among them; `models.list` shows the models of all.',
      answer: ProviderDto,
      list: ProviderListDto,
      change: ProviderChangeDto,
      input: ProviderInputDto,
      changes: ProviderChangesDto,
      sorts: ['name', 'created_at', 'updated_at'],
      filters: [
        flagFilter('enabled', 'Only those that are, or are not.'),
        ApiQuery({
          name: 'provider_type',
          required: false,
          enum: ['anthropic_native', 'openai_compat'],
          description: 'Only those that speak this.',
        }),
      ],
      examples: EXAMPLES,
      changeExamples: {
        'another key': { api_key: 'sk-ant-another-key' },
        'out of use': { enabled: false },
        'the models to offer': { settings: { models: ['claude-sonnet-4-5'] } },
      },
    }),
    test: {
      summary: 'Call a provider, to see whether it works',
      description: 'Asks the model for one token, when one is named; else lists the models.',
      answer: ProviderCheckDto,
      also: [
        idParam('a provider'),
        ApiBody({
          type: ProviderTestDto,
          required: false,
          examples: examplesOf({
            'list the models': {},
            'ask a model for one token': { model: 'claude-sonnet-4-5' },
          }),
        }),
        ...errors(400, 404),
      ],
    },
    testUnsaved: {
      summary: 'Call a provider that is not stored',
      answer: ProviderCheckDto,
      also: [ApiBody({ type: UnsavedProviderTestDto, examples: examplesOf(EXAMPLES) }), ...errors(400)],
    },
    models: {
      summary: 'List the models of a provider',
      answer: ProviderModelsDto,
      also: [idParam('a provider'), ...errors(404, 412)],
    },
  });
}
