import type { RunInput } from '#store';

/** Counted for every message besides its content. */
const MESSAGE_OVERHEAD_CHARS = 200;

/** About what a run's input takes in memory, in characters. */
export function inputChars({ messages, history = [] }: RunInput): number {
  let chars = 0;
  for (const { content } of [...messages, ...history]) {
    chars += MESSAGE_OVERHEAD_CHARS;
    for (const part of content) chars += part.type === 'text' ? part.text.length : part.url.length;
  }
  return chars;
}
