import type { ListToolsResult, Tool } from '@modelcontextprotocol/sdk/types.js';

/** Agents on one page of the list. */
const PAGE_MAX = 200;
const SESSION_MAX_CHARS = 400;

/** What is told of an agent. */
export interface ListedAgent {
  readonly agent_key: string;
  readonly display_name?: string | null;
}

/** What a call of an agent says. */
export interface AgentQuestion {
  readonly message: string;
  /** A conversation: its name, or the whole key of a session. */
  readonly session?: string;
}

const INPUT_SCHEMA: Tool['inputSchema'] = {
  type: 'object',
  properties: {
    message: { type: 'string', minLength: 1, description: 'What is asked of the agent.' },
    session: {
      type: 'string',
      minLength: 1,
      maxLength: SESSION_MAX_CHARS,
      description:
        'Name of a conversation: the agent remembers what was said in it. Without one, each call begins anew.',
    },
  },
  required: ['message'],
  additionalProperties: false,
};

/** A page of agents as tools, by key; the cursor is the last key of the page before. */
export function toolPage(agents: readonly ListedAgent[], cursor = ''): ListToolsResult {
  const sorted = agents.toSorted((a, b) => (a.agent_key < b.agent_key ? -1 : 1));
  const rest = sorted.filter(({ agent_key }) => agent_key > cursor);
  const tools = rest.slice(0, PAGE_MAX).map(toTool);
  const last = tools.at(-1);
  return { tools, ...(last && rest.length > PAGE_MAX && { nextCursor: last.name }) };
}

function toTool({ agent_key, display_name }: ListedAgent): Tool {
  const title = display_name ?? agent_key;
  return {
    name: agent_key,
    title,
    description: `Asks the agent ${title}, which has tools and knowledge of its own, and gives its answer.`,
    inputSchema: INPUT_SCHEMA,
    annotations: { title, openWorldHint: true },
  };
}

/** What does not fit, as a sentence; or the question. */
export function readQuestion(args: Readonly<Record<string, unknown>>): AgentQuestion | string {
  const { message, session, ...others } = args;
  const [other] = Object.keys(others);
  if (other !== undefined) return `There is no argument ${other}: the arguments are message and session.`;
  if (typeof message !== 'string' || message.trim() === '') return 'message is required: a text.';
  if (session === undefined) return { message };
  const fits = typeof session === 'string' && session !== '' && session.length <= SESSION_MAX_CHARS;
  return fits ? { message, session } : `session must be a text of 1 to ${SESSION_MAX_CHARS} characters.`;
}
