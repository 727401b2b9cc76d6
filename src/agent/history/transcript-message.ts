import type { NewMessage } from '#store';

/** A message as the history pipeline sees it. Immutable; ordered by `seq`. */
export type TranscriptMessage = Omit<NewMessage, 'id' | 'tokens'> & { readonly seq: number };

/** The text of a message's content, its parts joined by line breaks; images are left out. */
export function messageText(message: TranscriptMessage): string {
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
