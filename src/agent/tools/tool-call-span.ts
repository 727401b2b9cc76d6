import type { ToolOutcome } from '#tools';
import type { ToolCallSpan } from '#tracing';

/** A call as a trace keeps it. */
export function spanOf({ call, result, startedAt, durationMs }: ToolOutcome): ToolCallSpan {
  const output = result.content
    .map((part) => (part.type === 'text' ? part.text : `[${part.type}]`))
    .join('\n');
  const input = call.invalid ?? JSON.stringify(call.arguments);
  return {
    toolName: call.name,
    toolCallId: call.id,
    startedAt,
    durationMs,
    input,
    output,
    isError: result.isError,
  };
}
