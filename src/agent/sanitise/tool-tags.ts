import type { Removal } from './scan-mode.js';
import type { Tag } from './tag.js';
import { ToolArguments } from './tool-arguments.js';
import { PLAIN_TOOL_TAGS } from './tool-tag-names.js';

/**
 * Step 1: tool calls that a model wrote into its text. Their tags go, with the arguments between them when they
 * are closed; the prose around stays. A tag may lack its `>`. Ordinary words (`<parameter>` as a placeholder)
 * count as tags only when they carry attributes or close.
 */
export function toolTagRemoval(tag: Tag): Removal | undefined {
  if (tag.closing) return isCertain(tag) || tag.complete ? { length: tag.length } : undefined;
  const bareInvoke = tag.name === 'invoke' && tag.complete;
  if (!isCertain(tag) && !tag.hasAttributes && !bareInvoke) return undefined;
  if (!tag.complete || tag.selfClosing) return { length: tag.length };
  const argument = tag.name.endsWith('parameter');
  return { length: tag.length, mode: new ToolArguments(argument ? 'any' : 'json') };
}

function isCertain(tag: Tag): boolean {
  return !PLAIN_TOOL_TAGS.has(tag.name);
}
