import type { ToolCall } from '#contracts';
import { isJsonObject, parseJson } from './json.js';

/** A tool call of the arguments' text. No text means no arguments; what is no JSON object is kept as it came. */
export function toolCallOf(id: string, name: string, text: string): ToolCall {
  if (text.trim() === '') return { id, name, arguments: {} };
  const parsed = parseJson(text);
  return isJsonObject(parsed) ? { id, name, arguments: parsed } : { id, name, arguments: {}, invalid: text };
}

/** The arguments as they go back to a vendor: always an object, since some refuse anything else. */
export function sentArguments(call: ToolCall): Readonly<Record<string, unknown>> {
  return call.invalid === undefined ? call.arguments : { invalid_arguments: call.invalid };
}
