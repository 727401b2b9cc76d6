import { ApiBody, ApiParam } from '@nestjs/swagger';
import { AgentToolsController } from '../../tools/agent-tools.controller.js';
import { AgentToolsDto, ToolExplanationDto } from '../../tools/dto/tool-explanation.dto.js';
import { ToolInvocationDto, ToolInvocationRequestDto } from '../../tools/dto/tool-invocation.dto.js';
import { ToolInvokeController } from '../../tools/tool-invoke.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, flagFilter, textFilter } from '../record-operations.js';

export function describeTools(): void {
  const question = [
    ApiParam({ name: 'id', description: 'UUID or key of an agent.' }),
    textFilter('provider', 'As if this provider answered; absent: that of the agent’s model.'),
    textFilter('channel', 'As if the run came from there: `ws`, `http`, a chat platform.'),
    flagFilter('subagent', 'As if another run had started it.'),
    ...errors(400, 404),
  ];
  describe(AgentToolsController, 'Tools', {
    list: {
      summary: 'List the tools of an agent, and why it has them or not',
      answer: AgentToolsDto,
      also: question,
    },
    find: {
      summary: 'Tell why an agent has a tool, or has it not',
      description: 'Answers also for a name of which there is no tool.',
      answer: ToolExplanationDto,
      also: [ApiParam({ name: 'name', description: 'Name of the tool.' }), ...question],
    },
  });
  const file = { tool: 'read_file', args: { path: 'notes.md' } };
  describe(ToolInvokeController, 'Tools', {
    invoke: {
      summary: 'Call a tool of an agent, without a model',
      description:
        'With the caller’s own access, the agent’s policy and limits, a trace and an entry in the audit log. A tool that fails answers 400 with the code `TOOL_ERROR`. With `dryRun`, the answer says what would be called, and whether it may be.',
      answer: ToolInvocationDto,
      also: [
        ApiBody({
          type: ToolInvocationRequestDto,
          examples: examplesOf({ 'a file': file, 'only to see': { ...file, dryRun: true } }),
        }),
        ...errors(400, 404, 429),
      ],
    },
  });
}
