import { Injectable } from '@nestjs/common';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { AgentAccess } from '#agent';
import type { Caller } from '#contracts';
import { VERSION } from '#kernel';
import { AgentCalls } from './agent-calls.js';
import { readQuestion, toolPage } from './agent-tool.js';

/** Who asks, for the time of one request. */
export interface McpClient {
  readonly caller: Caller;
  readonly sessionId: string | undefined;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

const INSTRUCTIONS =
  'Each tool is an agent: it reads the message, works with tools of its own, and answers. Give a session to go on with a conversation.';

/** Answers requests of MCP clients: each by a server of its own, which knows nothing of other requests. */
@Injectable()
export class AgentMcp {
  constructor(
    private readonly access: AgentAccess,
    private readonly calls: AgentCalls,
  ) {}

  /** @param body what was read of the request already */
  async answer(client: McpClient, request: Request, body: unknown): Promise<Response> {
    const { WebStandardStreamableHTTPServerTransport: Transport } =
      await import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js');
    const server = await this.serverFor(client);
    const transport = new Transport({});
    await server.connect(transport);
    client.signal.addEventListener('abort', () => void server.close(), { once: true });
    return transport.handleRequest(request, { parsedBody: body });
  }

  /** The SDK is loaded by the first request: a start does without. */
  private async serverFor({ caller, sessionId, signal }: McpClient): Promise<Server> {
    const [{ Server: McpServer }, { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError }] =
      await Promise.all([
        import('@modelcontextprotocol/sdk/server/index.js'),
        import('@modelcontextprotocol/sdk/types.js'),
      ]);
    const info = { name: 'goclaw', title: 'GoClaw', version: VERSION };
    const server = new McpServer(info, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
    server.setRequestHandler(ListToolsRequestSchema, async ({ params }) =>
      toolPage(await this.access.list(caller), params?.cursor),
    );
    server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra): Promise<CallToolResult> => {
      const { name: agentKey, arguments: args = {}, _meta: meta } = params;
      const agents = await this.access.list(caller);
      if (!agents.some(({ agent_key }) => agent_key === agentKey))
        throw new McpError(
          ErrorCode.InvalidParams,
          `Unknown tool: ${agentKey.slice(0, NAME_SHOWN_MAX_CHARS)}`,
        );
      const question = readQuestion(args);
      // A model wrote the arguments, and reads what is wrong with them.
      if (typeof question === 'string') return { content: [{ type: 'text', text: question }], isError: true };
      const progressToken = meta?.progressToken;
      const tell = (progress: number, message: string): void => {
        if (progressToken === undefined) return;
        const notification = { progressToken, progress, message };
        // A client that has gone is noticed elsewhere.
        void extra
          .sendNotification({ method: 'notifications/progress', params: notification })
          .catch(() => undefined);
      };
      return this.calls.call({
        caller,
        sessionId,
        requestId: extra.requestId,
        agentKey,
        question,
        signal,
        onProgress: progressToken === undefined ? undefined : tell,
      });
    });
    return server;
  }
}

const NAME_SHOWN_MAX_CHARS = 100;
