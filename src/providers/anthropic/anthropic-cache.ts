import type { CacheControlEphemeral } from '@anthropic-ai/sdk/resources/messages';
import type { BlockMessage } from './anthropic-messages.js';

/** Asks Anthropic to cache everything up to here. Four a request are taken: tools, system and two turns. */
export const BREAKPOINT: CacheControlEphemeral = { type: 'ephemeral' };

/** The last one writes the cache, the one before finds what the previous call wrote. */
const MESSAGE_BREAKPOINTS = 2;

/** Sets breakpoints on the last user turns (tool results are user turns). Changes the given messages. */
export function setCacheBreakpoints(messages: readonly BlockMessage[]): void {
  for (const { content } of messages.filter(({ role }) => role === 'user').slice(-MESSAGE_BREAKPOINTS)) {
    const last = content.at(-1);
    if (last?.type === 'text' || last?.type === 'image' || last?.type === 'tool_result')
      last.cache_control = BREAKPOINT;
  }
}
