import { McpError } from '../mcp.errors.js';
import { LIST_PAGES_MAX, TOOLS_READ_MAX } from '../mcp.limits.js';
import type { McpSession } from './mcp-session.js';

const LIST_TIMEOUT_MS = 30_000;

/** A tool as its server describes it, as far as it does. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
  readonly isReadOnly: boolean;
}

/** What a server has, as it was read at one time. */
export interface ServerListing {
  /** By their names as the server has them. */
  readonly tools: ReadonlyMap<string, ListedTool>;
  /** What the server listed that is no tool, or too much. */
  readonly unusable: readonly string[];
  readonly hasResources: boolean;
  readonly hasPrompts: boolean;
}

/** @throws McpError */
export async function listServer(session: McpSession): Promise<ServerListing> {
  const tools = new Map<string, ListedTool>();
  const unusable: string[] = [];
  if (session.has('tools'))
    for await (const entry of toolsOf(session)) {
      const tool = readTool(entry);
      if (tool === undefined) unusable.push('an entry of its list of tools has no name');
      else if (tools.has(tool.name)) unusable.push(`it lists the tool ${tool.name} twice`);
      else if (tools.size >= TOOLS_READ_MAX) {
        unusable.push(`it has more than ${TOOLS_READ_MAX} tools`);
        break;
      } else tools.set(tool.name, tool);
    }
  return {
    tools,
    unusable: [...new Set(unusable)],
    hasResources: session.has('resources'),
    hasPrompts: session.has('prompts'),
  };
}

async function* toolsOf(session: McpSession): AsyncGenerator {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await session.ask('tools/list', params, {
      timeoutMs: LIST_TIMEOUT_MS,
      doing: 'listing its tools',
    });
    const list: unknown = answer['tools'];
    if (!Array.isArray(list)) throw new McpError('invalid', 'The MCP server answered with no list of tools.');
    yield* list as unknown[];
    const next: unknown = answer['nextCursor'];
    if (typeof next !== 'string' || next === '' || seen.has(next)) return;
    seen.add(next);
    cursor = next;
  }
}

function readTool(entry: unknown): ListedTool | undefined {
  if (!isObject(entry)) return undefined;
  const { name, description, title, inputSchema, annotations } = entry;
  if (typeof name !== 'string' || name === '') return undefined;
  const text = typeof description === 'string' ? description : typeof title === 'string' ? title : '';
  const isReadOnly = isObject(annotations) && annotations['readOnlyHint'] === true;
  return { name, description: text, inputSchema, isReadOnly };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
