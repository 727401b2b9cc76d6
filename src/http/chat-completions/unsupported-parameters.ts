import {
  isEmpty,
  isOneOf,
  isTextFormat,
  isTextOnly,
  OWN_TOOLS,
  SEVERAL_CALLS,
  TEXT_ONLY,
  type UnsupportedParameter,
} from '../input/unsupported-parameters.js';

/** What a chat completion of OpenAI could be asked for, and an agent cannot do. */
export const UNSUPPORTED_IN_CHAT: readonly UnsupportedParameter[] = [
  { key: 'tools', why: OWN_TOOLS, asksNothing: isEmpty },
  { key: 'functions', why: OWN_TOOLS, asksNothing: isEmpty },
  { key: 'tool_choice', why: OWN_TOOLS, asksNothing: isOneOf('none') },
  { key: 'function_call', why: OWN_TOOLS, asksNothing: isOneOf('none') },
  { key: 'web_search_options', why: OWN_TOOLS },
  { key: 'n', why: 'an agent gives one answer.', asksNothing: isOneOf(1) },
  { key: 'logprobs', why: SEVERAL_CALLS, asksNothing: isOneOf(false) },
  { key: 'top_logprobs', why: SEVERAL_CALLS, asksNothing: isOneOf(0) },
  { key: 'logit_bias', why: 'not every provider has it.', asksNothing: isEmpty },
  { key: 'response_format', why: TEXT_ONLY, asksNothing: isTextFormat },
  { key: 'audio', why: TEXT_ONLY },
  { key: 'modalities', why: TEXT_ONLY, asksNothing: isTextOnly },
];
