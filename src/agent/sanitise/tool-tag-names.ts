/** Words that also mean something in prose. */
export const PLAIN_TOOL_TAGS: ReadonlySet<string> = new Set(['invoke', 'parameter', 'function']);

const BASE_NAMES = [
  'function_calls',
  'function_call',
  'function_results',
  'tool_calls',
  'tool_call',
  'tool_use',
];
const PREFIXES = ['antml:', 'minimax:'];
const GARBLED_NAMES = ['functioninvoke', 'invfunction_calls', 'tool_response', 'tool_result'];

/** Every name of a tag that belongs to a tool call, lower case. */
export const TOOL_TAGS: ReadonlySet<string> = new Set([
  ...BASE_NAMES,
  ...GARBLED_NAMES,
  ...PLAIN_TOOL_TAGS,
  ...PREFIXES.flatMap((prefix) => [...BASE_NAMES, ...PLAIN_TOOL_TAGS].map((name) => prefix + name)),
]);
