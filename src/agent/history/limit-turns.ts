import type { TranscriptMessage } from './transcript-message.js';

/** The last `turns` user messages with everything after the first of them; 0 keeps all. */
export function limitTurns(
  messages: readonly TranscriptMessage[],
  turns: number,
): readonly TranscriptMessage[] {
  if (turns <= 0) return messages;
  let seen = 0;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    if (messages[at]?.role !== 'user') continue;
    seen += 1;
    if (seen === turns) return messages.slice(at);
  }
  return messages;
}
