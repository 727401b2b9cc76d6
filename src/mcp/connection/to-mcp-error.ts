import { McpError } from '../mcp.errors.js';

const SHOWN_MAX_CHARS = 500;
/** Codes of the SDK's own errors. */
const CONNECTION_CLOSED = -32_000;
const REQUEST_TIMEOUT = -32_001;

/** What went wrong with a server, for the model. `doing` is what was tried: `calling echo`. */
export function toMcpError(error: unknown, name: string, doing: string, timeoutMs: number): McpError {
  if (error instanceof McpError) return error;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = shown(error instanceof Error ? error.message : String(error));
  const server = `The MCP server ${name}`;
  if (code === REQUEST_TIMEOUT)
    return new McpError('timeout', `${server} gave no answer within ${timeoutMs / 1_000} s while ${doing}.`, {
      cause: error,
    });
  if (code === CONNECTION_CLOSED)
    return new McpError('lost', `The connection to the MCP server ${name} broke while ${doing}.`, {
      cause: error,
    });
  if (typeof code === 'number' && code < -1)
    return new McpError('answered', `${server} refused ${doing}: ${message}`, { cause: error });
  return new McpError('invalid', `${server} failed while ${doing}: ${message}`, { cause: error });
}

function shown(text: string): string {
  const line = text.replace(/^MCP error -?\d+: /, '').replaceAll(/\s+/g, ' ');
  return line.length <= SHOWN_MAX_CHARS ? line : `${line.slice(0, SHOWN_MAX_CHARS)}…`;
}
