import { PartialType } from '@nestjs/swagger';
import { CustomToolsController } from '../../tools/custom-tools.controller.js';
import {
  CustomToolChangeDto,
  CustomToolDto,
  CustomToolInputDto,
  CustomToolListDto,
} from '../../tools/dto/custom-tool.dto.js';
import { describe } from '../describe-operation.js';
import { flagFilter, recordOperations, textFilter } from '../record-operations.js';

class CustomToolChangesDto extends PartialType(CustomToolInputDto) {}

const EXAMPLE = {
  name: 'ping_host',
  description: 'Tells whether a host answers.',
  parameters: { type: 'object', properties: { host: { type: 'string' } }, required: ['host'] },
  command: 'ping -c 1 {{.host}}',
  timeout_seconds: 10,
};

export function describeCustomTools(): void {
  describe(CustomToolsController, 'Custom tools', {
    ...recordOperations({
      one: 'a custom tool',
      all: 'the custom tools',
      answer: CustomToolDto,
      list: CustomToolListDto,
      change: CustomToolChangeDto,
      input: CustomToolInputDto,
      changes: CustomToolChangesDto,
      sorts: ['name', 'created_at', 'updated_at'],
      filters: [
        flagFilter('enabled', 'Only those that are, or are not.'),
        textFilter('agent_id', 'UUID of an agent: only the tools that it alone has.'),
      ],
      examples: { 'a command': EXAMPLE },
      changeExamples: {
        'more time': { timeout_seconds: 30 },
        'a secret of its': { env: { API_TOKEN: 'secret' } },
      },
    }),
  });
}
