import type { InvocationResult } from '#agent';
import type { ToolInvocationDto } from './dto/tool-invocation.dto.js';

/** A result as HTTP tells it. */
export function toolAnswer({ result, durationMs, traceId }: InvocationResult): ToolInvocationDto {
  const output = textOf(result);
  const images = result.content.flatMap((part) => (part.type === 'image' ? [part.url] : []));
  return {
    result: {
      output,
      forUser: result.forUser ?? output,
      ...(images.length > 0 && { images }),
      metadata: { traceId, durationMs: Math.round(durationMs) },
    },
  };
}

/** A failed call, in the shape of every error, with the code that clients of the route know. */
export function toolErrorBody({ result, durationMs, traceId }: InvocationResult): object {
  const details = { traceId, durationMs: Math.round(durationMs) };
  return { error: { code: 'TOOL_ERROR', message: textOf(result), type: 'tool_error', details } };
}

function textOf({ content }: InvocationResult['result']): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
