import { ApiBody, PartialType } from '@nestjs/swagger';
import { CustomToolsController } from '../../tools/custom-tools.controller.js';
import { CustomToolTestController } from '../../tools/custom-tool-test.controller.js';
import {
  CustomToolChangeDto,
  CustomToolDto,
  CustomToolInputDto,
  CustomToolListDto,
  CustomToolTrialDto,
} from '../../tools/dto/custom-tool.dto.js';
import { ToolInvocationDto } from '../../tools/dto/tool-invocation.dto.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, flagFilter, idParam, recordOperations, textFilter } from '../record-operations.js';

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
  describe(CustomToolTestController, 'Custom tools', {
    run: {
      summary: 'Try a custom tool, enabled or not',
      description:
        'As the admin who asks, in the admin’s own workspace of the agent, with everything that a call of a model goes through but the agent’s policy. A failure answers 400 with the code `TOOL_ERROR`.',
      answer: ToolInvocationDto,
      also: [
        idParam('a custom tool'),
        ApiBody({
          type: CustomToolTrialDto,
          examples: examplesOf({ 'a host': { args: { host: 'localhost' } } }),
        }),
        ...errors(400, 404, 429),
      ],
    },
  });
}
