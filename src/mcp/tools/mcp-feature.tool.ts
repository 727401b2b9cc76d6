import type { Tool, ToolContext, ToolResult } from '#contracts';
import type { McpCalls, McpToolRef } from './mcp-calls.js';
import type { ServerFeature } from './server-features.js';

/** Resources or prompts of one server. */
export class McpFeatureTool implements Tool {
  constructor(
    private readonly calls: McpCalls,
    private readonly ref: McpToolRef,
    private readonly feature: ServerFeature,
    private readonly timeoutMs: number,
  ) {}

  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult> {
    const { signal } = context;
    return this.calls.call(this.ref, context, (session) =>
      this.feature.run(session, args, { timeoutMs: this.timeoutMs, signal }),
    );
  }
}
