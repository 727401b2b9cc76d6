import { finalTagRemoval, FINAL_TAGS } from './final-tags.js';
import type { ScanBuffer } from './scan-buffer.js';
import type { Recognised, Removal } from './scan-mode.js';
import { SYSTEM_MESSAGE_MARKER, SystemMessage } from './system-messages.js';
import { parseTag } from './tag.js';
import { thinkingRemoval, THINKING_TAGS } from './thinking-elements.js';
import { TOOL_BLOCK_MARKERS, ToolBlock } from './tool-blocks.js';
import { TOOL_TAGS } from './tool-tag-names.js';
import { toolTagRemoval } from './tool-tags.js';

const ALL_TAGS: ReadonlySet<string> = new Set([...TOOL_TAGS, ...THINKING_TAGS, ...FINAL_TAGS]);

/** Says whether something that steps 1 to 5 remove begins at the buffer's position. */
export function markupRemoval(buffer: ScanBuffer): Recognised<Removal> {
  const char = buffer.text[buffer.position];
  if (char === '<') return tagRemoval(buffer);
  return char === '[' ? blockRemoval(buffer) : undefined;
}

function tagRemoval(buffer: ScanBuffer): Recognised<Removal> {
  const tag = parseTag(buffer, ALL_TAGS);
  if (tag === 'wait' || tag === undefined) return tag;
  if (THINKING_TAGS.has(tag.name)) return thinkingRemoval(tag);
  return FINAL_TAGS.has(tag.name) ? finalTagRemoval(tag) : toolTagRemoval(tag);
}

function blockRemoval(buffer: ScanBuffer): Recognised<Removal> {
  const toolBlock = markerAt(buffer, TOOL_BLOCK_MARKERS);
  if (toolBlock === 'found') return { length: 0, mode: new ToolBlock() };
  const systemMessage = buffer.line.blank ? markerAt(buffer, [SYSTEM_MESSAGE_MARKER]) : undefined;
  if (systemMessage === 'found') return { length: 0, mode: new SystemMessage() };
  return toolBlock ?? systemMessage;
}

function markerAt(buffer: ScanBuffer, markers: readonly string[]): Recognised<'found'> {
  let possible = false;
  for (const marker of markers) {
    const text = buffer.text.slice(buffer.position, buffer.position + marker.length).toLowerCase();
    if (text === marker) return 'found';
    possible ||= marker.startsWith(text);
  }
  return possible && !buffer.ended ? 'wait' : undefined;
}
