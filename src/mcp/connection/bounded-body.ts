import { McpError } from '../mcp.errors.js';
import { MESSAGE_MAX_BYTES } from '../mcp.limits.js';

const LF = 0x0a;
const CR = 0x0d;
/** Answers that must not have a body. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** The response, with an error where its body, or in a stream one event of it, becomes larger than a message may be. */
export function boundedBody(response: Response, name: string): Response {
  if (!response.body || BODILESS.has(response.status)) return response;
  const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
  const size = isStream ? eventSize() : bodySize();
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      if (size(chunk) <= MESSAGE_MAX_BYTES) controller.enqueue(chunk);
      else controller.error(tooLarge(name));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(bounded), { status, statusText, headers });
}

export function tooLarge(name: string): McpError {
  const limit = MESSAGE_MAX_BYTES / (1024 * 1024);
  return new McpError('limit', `The MCP server ${name} sent more than ${limit} MB at once; ask it for less.`);
}

function bodySize(): (chunk: Uint8Array) => number {
  let total = 0;
  return (chunk) => (total += chunk.byteLength);
}

/** Bytes since the last empty line. */
function eventSize(): (chunk: Uint8Array) => number {
  let size = 0;
  let lineIsEmpty = true;
  return (chunk) => {
    let largest = size;
    for (const byte of chunk) {
      size += 1;
      largest = Math.max(largest, size);
      if (byte === LF) {
        if (lineIsEmpty) size = 0;
        lineIsEmpty = true;
      } else if (byte !== CR) lineIsEmpty = false;
    }
    return Math.max(largest, size);
  };
}
