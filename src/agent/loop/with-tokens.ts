import { newId } from '#kernel';
import type { NewMessage } from '#store';
import { estimateTokens } from '../history/message-size.js';

/** Completes a message with its id and an estimate of its tokens. */
export function withTokens(message: Omit<NewMessage, 'id' | 'tokens'>): NewMessage {
  return { ...message, id: newId(), tokens: estimateTokens([{ ...message, seq: 0 }]) };
}
