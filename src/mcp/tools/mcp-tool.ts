import { errorResult, type Tool, type ToolContext, type ToolResult } from '#contracts';
import type { McpCalls, McpToolRef } from './mcp-calls.js';
import { toToolResult } from './to-tool-result.js';

/** One tool of one server. */
export class McpTool implements Tool {
  constructor(
    private readonly calls: McpCalls,
    private readonly ref: McpToolRef,
    private readonly timeoutMs: number,
  ) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const { tool, serverName } = this.ref;
    return this.calls.call(this.ref, context, async (session, link) => {
      if (link.known && !link.known.tools.has(tool))
        return errorResult(`The MCP server ${serverName} has no tool ${tool} any more; do without it.`);
      const answer = await session.ask(
        'tools/call',
        { name: tool, arguments: args },
        {
          timeoutMs: this.timeoutMs,
          signal: context.signal,
          doing: `calling ${tool}`,
          onProgress: (text) => context.show(text),
        },
      );
      return toToolResult(answer);
    });
  }
}
