import { ApiBody, ApiHeader } from '@nestjs/swagger';
import { McpMessageDto } from '../../mcp-server/dto/mcp-message.dto.js';
import { McpServerController } from '../../mcp-server/mcp-server.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf } from '../record-operations.js';

export function describeMcpServer(): void {
  const call = { name: 'default', arguments: { message: 'What can you do?' } };
  describe(McpServerController, 'Ask agents', {
    handle: {
      summary: 'Ask agents as tools, over the Model Context Protocol',
      description:
        'Streamable HTTP, for any MCP client: each agent that the caller may use is a tool that takes `message`, and `session` to go on with a conversation. Send `Accept: application/json, text/event-stream`; answers are events. Nothing is kept between requests.',
      answer: McpMessageDto,
      also: [
        ApiHeader({
          name: 'Mcp-Session-Id',
          required: false,
          description: 'As `initialize` gave it: with it, a request can be cancelled.',
        }),
        ApiBody({
          type: McpMessageDto,
          examples: examplesOf({
            'a question': { jsonrpc: '2.0', id: '1', method: 'tools/call', params: call },
          }),
        }),
        ...errors(400, 404),
      ],
    },
  });
}
