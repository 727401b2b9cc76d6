import { Injectable } from '@nestjs/common';
import { Conversations } from '#agent';
import type { Caller } from '#contracts';
import { AuditLog } from '#permissions';
import { SessionService } from '#sessions';
import {
  type MessageRange,
  type Page,
  type PageRequest,
  type SessionFilter,
  SessionListStore,
  type SessionRecord,
  type StoredMessage,
} from '#store';
import { HttpError } from '../http.errors.js';

/** What may be changed of a conversation. */
export interface SessionChange {
  readonly label?: string;
  /** Empty: the agent's own model again. */
  readonly model?: string;
}

/**
 * Conversations by their ids. An admin changes those of others on their owners' behalf, and the audit log tells of it;
 * everybody else has his own.
 */
@Injectable()
export class SessionAdmin {
  constructor(
    private readonly list: SessionListStore,
    private readonly sessions: SessionService,
    private readonly conversations: Conversations,
    private readonly audit: AuditLog,
  ) {}

  page(caller: Caller, filter: SessionFilter, request: PageRequest): Promise<Page<SessionRecord>> {
    return this.list.page(caller, filter, request);
  }

  /** @throws HttpError NOT_FOUND also for what is not the caller's. */
  async get(caller: Caller, id: string): Promise<SessionRecord> {
    const session = await this.list.find(caller, id);
    if (session) return session;
    throw new HttpError('session-not-found', `There is no session ${id}. GET /v1/sessions shows yours.`, {
      param: 'id',
    });
  }

  /** Messages since the last reset, in their order. @throws HttpError NOT_FOUND */
  async messages(caller: Caller, id: string, range: MessageRange): Promise<StoredMessage[]> {
    await this.get(caller, id);
    return this.list.messages(caller, id, range);
  }

  /** @throws HttpError NOT_FOUND */
  async patch(caller: Caller, id: string, change: SessionChange): Promise<SessionRecord> {
    const before = await this.get(caller, id);
    await this.sessions.patch(ownerOf(caller, before), before.session_key, change);
    const after = await this.get(caller, id);
    this.tell(caller, 'session.update', before, {
      before: { label: before.label, model: before.model_override },
      after: { label: after.label, model: after.model_override },
    });
    return after;
  }

  /** Stops what goes on in it; it begins anew. @throws HttpError NOT_FOUND */
  async reset(caller: Caller, id: string): Promise<SessionRecord> {
    const session = await this.get(caller, id);
    await this.conversations.reset(ownerOf(caller, session), session.session_key);
    this.tell(caller, 'session.reset', session);
    return this.get(caller, id);
  }

  /** Stops what goes on in it, and removes it with its messages. @throws HttpError NOT_FOUND */
  async remove(caller: Caller, id: string): Promise<SessionRecord> {
    const session = await this.get(caller, id);
    await this.conversations.delete(ownerOf(caller, session), session.session_key);
    this.tell(caller, 'session.delete', session);
    return session;
  }

  /** What somebody does with his own conversations is his own business. */
  private tell(caller: Caller, action: string, session: SessionRecord, more: object = {}): void {
    if (session.user_id === caller.userId) return;
    this.audit.record(caller, {
      action,
      outcome: 'ok',
      target: { type: 'session', id: session.id },
      details: { user_id: session.user_id, session_key: session.session_key },
      ...more,
    });
  }
}

/** The one whose conversation it is; on whose authority it is changed was decided before. */
function ownerOf(caller: Caller, { user_id: userId, tenant }: SessionRecord): Caller {
  if (userId === caller.userId) return caller;
  const { tenant: _own, ...rest } = caller;
  return { ...rest, userId, ...(tenant !== null && { tenant }) };
}
