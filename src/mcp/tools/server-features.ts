import { errorResult, type JsonSchema, textResult, type ToolResult } from '#contracts';
import type { McpSession } from '../connection/mcp-session.js';
import { bounded, partsOf, resourcePart } from './to-tool-result.js';

const LISTED_MAX = 200;
const URI_MAX_CHARS = 2_000;
const NAME_MAX_CHARS = 500;
const SHOWN_MAX_CHARS = 300;

export interface FeatureAsk {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What servers have beside tools, offered as a tool. */
export interface ServerFeature {
  readonly name: 'list_resources' | 'read_resource' | 'list_prompts' | 'get_prompt';
  readonly of: 'resources' | 'prompts';
  readonly description: string;
  readonly parameters: JsonSchema;
  run(session: McpSession, args: Readonly<Record<string, unknown>>, ask: FeatureAsk): Promise<ToolResult>;
}

const CURSOR = {
  type: 'string',
  description: 'Where the page before ended; absent: the first page.',
  maxLength: URI_MAX_CHARS,
};

export const SERVER_FEATURES: readonly ServerFeature[] = [
  {
    name: 'list_resources',
    of: 'resources',
    description:
      'Lists the resources (documents, records) that the server has, and templates of their addresses.',
    parameters: { type: 'object', properties: { cursor: CURSOR }, additionalProperties: false },
    run: async (session, args, ask) => {
      const doing = 'listing its resources';
      const answer = await session.ask('resources/list', cursorOf(args), { ...ask, doing });
      // Many servers have no templates and refuse to list them.
      const templates =
        args['cursor'] === undefined
          ? await session.ask('resources/templates/list', {}, { ...ask, doing }).catch(() => ({}))
          : {};
      const lines = [
        ...linesOf(answer['resources'], 'uri'),
        ...linesOf((templates as Record<string, unknown>)['resourceTemplates'], 'uriTemplate'),
      ];
      return listResult(lines, answer['nextCursor'], 'The server lists no resources.');
    },
  },
  {
    name: 'read_resource',
    of: 'resources',
    description: 'Reads one resource of the server by its address.',
    parameters: {
      type: 'object',
      properties: {
        uri: { type: 'string', description: 'As it was listed.', minLength: 1, maxLength: URI_MAX_CHARS },
      },
      required: ['uri'],
      additionalProperties: false,
    },
    run: async (session, { uri }, ask) => {
      const answer = await session.ask('resources/read', { uri }, { ...ask, doing: 'reading a resource' });
      const contents: unknown = answer['contents'];
      if (!Array.isArray(contents) || contents.length === 0) return errorResult('The resource is empty.');
      return { content: bounded(contents.map(resourcePart)), isError: false };
    },
  },
  {
    name: 'list_prompts',
    of: 'prompts',
    description:
      'Lists the prompts (instructions for a kind of task) that the server has, with their arguments.',
    parameters: { type: 'object', properties: { cursor: CURSOR }, additionalProperties: false },
    run: async (session, args, ask) => {
      const answer = await session.ask('prompts/list', cursorOf(args), {
        ...ask,
        doing: 'listing its prompts',
      });
      return listResult(
        linesOf(answer['prompts'], 'name'),
        answer['nextCursor'],
        'The server lists no prompts.',
      );
    },
  },
  {
    name: 'get_prompt',
    of: 'prompts',
    description: 'Reads one prompt of the server, with arguments put in.',
    parameters: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'As it was listed.', minLength: 1, maxLength: NAME_MAX_CHARS },
        arguments: {
          type: 'object',
          description: 'Texts by the names of arguments.',
          additionalProperties: { type: 'string' },
        },
      },
      required: ['name'],
      additionalProperties: false,
    },
    run: async (session, args, ask) => {
      const answer = await session.ask('prompts/get', { ...args }, { ...ask, doing: 'reading a prompt' });
      const messages: unknown = answer['messages'];
      if (!Array.isArray(messages) || messages.length === 0) return errorResult('The prompt is empty.');
      const parts = messages.flatMap((message: unknown) => {
        const { role, content } = (message ?? {}) as Record<string, unknown>;
        return [
          { type: 'text' as const, text: `[${role === 'assistant' ? 'assistant' : 'user'}]` },
          ...partsOf(content),
        ];
      });
      return { content: bounded(parts), isError: false };
    },
  },
];

function cursorOf({ cursor }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return typeof cursor === 'string' ? { cursor } : {};
}

function linesOf(list: unknown, key: string): string[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, LISTED_MAX).flatMap((entry: unknown) => {
    const item = (entry ?? {}) as Record<string, unknown>;
    const name: unknown = item[key];
    if (typeof name !== 'string') return [];
    const title = [
      item['title'],
      key === 'name' ? undefined : item['name'],
      item['description'],
      argumentsOf(item),
    ];
    const told = title.filter((one) => typeof one === 'string' && one !== '').join('; ');
    return [`- ${name.slice(0, URI_MAX_CHARS)}${told === '' ? '' : `: ${told.slice(0, SHOWN_MAX_CHARS)}`}`];
  });
}

function argumentsOf({ arguments: list }: Record<string, unknown>): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const names = list.map((one: unknown) => {
    const { name, required } = (one ?? {}) as Record<string, unknown>;
    return `${String(name)}${required === true ? '*' : ''}`;
  });
  return `arguments ${names.join(', ')}`;
}

function listResult(lines: readonly string[], next: unknown, none: string): ToolResult {
  if (lines.length === 0) return textResult(none);
  const more =
    typeof next === 'string' && next !== '' ? `\nMore: call again with cursor ${JSON.stringify(next)}.` : '';
  return textResult(`${lines.join('\n')}${more}`);
}
