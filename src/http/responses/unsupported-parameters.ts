import {
  isEmpty,
  isOneOf,
  OWN_TOOLS,
  SEVERAL_CALLS,
  type UnsupportedParameter,
} from '../input/unsupported-parameters.js';

/** What a response of OpenAI could be asked for, and an agent cannot do. */
export const UNSUPPORTED_IN_RESPONSES: readonly UnsupportedParameter[] = [
  { key: 'tools', why: OWN_TOOLS, asksNothing: isEmpty },
  { key: 'tool_choice', why: OWN_TOOLS, asksNothing: isOneOf('none') },
  { key: 'max_tool_calls', why: OWN_TOOLS },
  { key: 'top_logprobs', why: SEVERAL_CALLS, asksNothing: isOneOf(0) },
  { key: 'prompt', why: 'there are no stored prompts here: send instructions.' },
  { key: 'conversation', why: 'continue with previous_response_id, or the header X-GoClaw-Session-Key.' },
];
