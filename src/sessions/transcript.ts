import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { LRUCache } from 'lru-cache';
import { CachesStale, SessionChanged } from '#bus';
import { type LeasedSession, type NewMessage, type StoredMessage, TranscriptStore } from '#store';

/** Characters of message text that the windows in memory may hold together. */
const CACHE_MAX_CHARS = 64 * 1024 * 1024;
/** Counted for every message besides its text. */
const MESSAGE_OVERHEAD_CHARS = 200;

interface Window {
  readonly messages: readonly StoredMessage[];
  /** Sequence number behind the last message. */
  readonly nextSeq: number;
  readonly chars: number;
}

/**
 * The part of each session's transcript that its model sees, kept in memory between turns. A remembered window is
 * used when it ends exactly where the run's lease begins; otherwise the transcript was written to by somebody else
 * and the window is read again.
 */
@Injectable()
@EventsHandler(SessionChanged, CachesStale)
export class Transcript implements IEventHandler<SessionChanged | CachesStale> {
  private readonly windows = new LRUCache<string, Window>({
    maxSize: CACHE_MAX_CHARS,
    sizeCalculation: (window) => Math.max(1, window.chars),
  });

  constructor(private readonly store: TranscriptStore) {}

  /** Messages from the window's start up to those that the lease appended (not among them), oldest first. */
  async window(session: LeasedSession): Promise<readonly StoredMessage[]> {
    const known = this.windows.get(session.id);
    if (known?.nextSeq === session.firstSeq && (known.messages[0]?.seq ?? 0) <= session.windowStartSeq) {
      return known.messages.filter(({ seq }) => seq >= session.windowStartSeq);
    }
    const isEmpty = session.windowStartSeq === session.firstSeq;
    const messages = isEmpty
      ? []
      : await this.store.range(session.id, session.windowStartSeq, session.firstSeq);
    this.remember(session.id, { messages, nextSeq: session.firstSeq, chars: sizeOfAll(messages) });
    return messages;
  }

  /** Remembers what a run appended from `firstSeq` on, where it continues the remembered window. */
  appended(
    sessionId: string,
    firstSeq: number,
    runId: string,
    messages: readonly NewMessage[],
  ): readonly StoredMessage[] {
    const createdAt = new Date();
    const stored = messages.map((message, index) => ({
      ...message,
      seq: firstSeq + index,
      runId,
      createdAt,
    }));
    const known = this.windows.get(sessionId);
    if (known?.nextSeq === firstSeq) {
      this.remember(sessionId, {
        messages: [...known.messages, ...stored],
        nextSeq: firstSeq + stored.length,
        // Not counted anew: a turn must not cost more in a longer conversation.
        chars: known.chars + sizeOfAll(stored),
      });
    } else {
      this.windows.delete(sessionId);
    }
    return stored;
  }

  /** Messages and estimated tokens of the remembered window; `undefined` when none is remembered. */
  sizeOf(sessionId: string): { messages: number; tokens: number } | undefined {
    const known = this.windows.get(sessionId)?.messages;
    return known && { messages: known.length, tokens: known.reduce((sum, { tokens }) => sum + tokens, 0) };
  }

  /** Drops what lies before the model's new view. */
  compacted(sessionId: string, windowStartSeq: number): void {
    const known = this.windows.get(sessionId);
    if (!known) return;
    const messages = known.messages.filter(({ seq }) => seq >= windowStartSeq);
    this.remember(sessionId, { messages, nextSeq: known.nextSeq, chars: sizeOfAll(messages) });
  }

  handle(event: SessionChanged | CachesStale): void {
    if (event instanceof SessionChanged) this.windows.delete(event.sessionId);
    else this.windows.clear();
  }

  private remember(sessionId: string, window: Window): void {
    this.windows.set(sessionId, window);
  }
}

function sizeOfAll(messages: readonly NewMessage[]): number {
  return messages.reduce((sum, message) => sum + sizeOf(message), 0);
}

function sizeOf(message: NewMessage): number {
  const content = message.content.reduce(
    (sum, part) => sum + (part.type === 'text' ? part.text : part.url).length,
    0,
  );
  const calls = message.toolCalls ? JSON.stringify(message.toolCalls).length : 0;
  const thinking = message.thinking?.reduce((sum, block) => sum + block.text.length, 0) ?? 0;
  return content + calls + thinking + MESSAGE_OVERHEAD_CHARS;
}
