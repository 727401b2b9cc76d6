import { Injectable } from '@nestjs/common';
import { DomainEvents, SessionChanged } from '#bus';
import type { Caller } from '#contracts';
import { AppError, newId } from '#kernel';
import { ErrorCode } from '#protocol';
import {
  type SessionEntity,
  type SessionPage,
  SessionStore,
  type StoredMessage,
  TranscriptStore,
} from '#store';

const LABEL_MAX_CHARS = 100;

/** A caller's own sessions. */
@Injectable()
export class SessionService {
  constructor(
    private readonly sessions: SessionStore,
    private readonly transcripts: TranscriptStore,
    private readonly events: DomainEvents,
  ) {}

  list(caller: Caller, page: SessionPage): Promise<SessionEntity[]> {
    return this.sessions.list(caller, page);
  }

  count(caller: Caller): Promise<number> {
    return this.sessions.count(caller);
  }

  /** @throws AppError NOT_FOUND */
  async get(caller: Caller, key: string): Promise<SessionEntity> {
    const session = await this.sessions.find(caller, key);
    if (!session) throw notFound(key);
    return session;
  }

  find(caller: Caller, key: string): Promise<SessionEntity | null> {
    return this.sessions.find(caller, key);
  }

  /** The newest `limit` messages before `before`, oldest first; none for an unknown session. */
  history(caller: Caller, key: string, limit: number, before?: number): Promise<StoredMessage[]> {
    return this.transcripts.page(caller, key, limit, before);
  }

  /** @throws AppError NOT_FOUND */
  async patch(caller: Caller, key: string, changes: { label?: string; model?: string }): Promise<void> {
    const patched = await this.sessions.patch(caller, key, {
      ...(changes.label !== undefined && { label: changes.label }),
      ...(changes.model !== undefined && { model: changes.model === '' ? null : changes.model }),
    });
    if (!patched) throw notFound(key);
  }

  /** The conversation begins anew. @throws AppError NOT_FOUND */
  async reset(caller: Caller, key: string): Promise<void> {
    const id = await this.sessions.reset(caller, key);
    if (!id) throw notFound(key);
    this.events.publish(new SessionChanged(id));
  }

  /** Deletes the session with its transcript; an unknown one is deleted already. */
  async delete(caller: Caller, key: string): Promise<void> {
    const id = await this.sessions.delete(caller, key);
    if (id) this.events.publish(new SessionChanged(id));
  }

  /** Appends an assistant message from outside of any run. @throws AppError NOT_FOUND */
  async inject(caller: Caller, key: string, text: string, label?: string): Promise<string> {
    const id = newId();
    const content = label ? `[${Array.from(label).slice(0, LABEL_MAX_CHARS).join('')}]\n\n${text}` : text;
    const tokens = Math.floor(content.length / 3);
    const message = { id, role: 'assistant', content: [{ type: 'text', text: content }], tokens } as const;
    if (!(await this.transcripts.append(caller, key, message))) throw notFound(key);
    return id;
  }
}

function notFound(key: string): AppError {
  return new AppError(ErrorCode.NOT_FOUND, `session not found: ${key}. sessions.list shows yours.`);
}
