import { Injectable } from '@nestjs/common';
import { Conversations } from '#agent';
import { Access } from '#permissions';
import type { Methods, SessionInfo } from '#protocol';
import { SessionService } from '#sessions';
import type { SessionEntity } from '#store';
import { AgentDirectory } from '../agent-directory.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { readSessionCursor, sessionCursor } from '../session-cursor.js';
import { showMessage } from '../show-message.js';
import {
  SessionKeyParams,
  SessionLabelParams,
  SessionPatchParams,
  SessionsListParams,
} from './sessions.dto.js';

/** Messages that a preview shows. */
const PREVIEW_MESSAGES = 100;

type Ok<M extends 'sessions.reset' | 'sessions.delete'> = PendingAnswer<Methods[M]['result']>;

/** The caller's own conversations. */
@Injectable()
export class SessionsMethods {
  constructor(
    private readonly sessions: SessionService,
    private readonly conversations: Conversations,
    private readonly agents: AgentDirectory,
  ) {}

  /** Newest first. */
  @Access('viewer', { ownership: 'own' })
  @RpcMethod('sessions.list', SessionsListParams)
  async list(
    { agentId, limit, before }: SessionsListParams,
    { caller }: RpcContext,
  ): Promise<Methods['sessions.list']['result']> {
    const found = await this.sessions.list(caller, {
      limit: limit + 1,
      ...(agentId !== undefined && { agentId: (await this.agents.agent(caller, agentId)).id }),
      ...(before !== undefined && { after: readSessionCursor(before) }),
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { sessions: page.map(infoOf), ...(found.length > limit && last && { next: sessionCursor(last) }) };
  }

  /** The newest messages, oldest first; none for an unknown session. */
  @Access('viewer', { ownership: 'own' })
  @RpcMethod('sessions.preview', SessionKeyParams)
  async preview(
    { key }: SessionKeyParams,
    { caller }: RpcContext,
  ): Promise<Methods['sessions.preview']['result']> {
    const session = await this.sessions.find(caller, key);
    const messages = session ? await this.sessions.history(caller, key, PREVIEW_MESSAGES) : [];
    return { key, messages: messages.map(showMessage), summary: session?.summary ?? '' };
  }

  @Access('operator', { ownership: 'own' })
  @RpcMethod('sessions.patch', SessionPatchParams)
  async patch(
    { key, label, model }: SessionPatchParams,
    { caller }: RpcContext,
  ): Promise<Methods['sessions.patch']['result']> {
    await this.sessions.patch(caller, key, {
      ...(label !== undefined && { label }),
      ...(model !== undefined && { model }),
    });
    return { ok: true, key };
  }

  @Access('operator', { ownership: 'own' })
  @RpcMethod('sessions.label', SessionLabelParams)
  async label(
    { key, label }: SessionLabelParams,
    { caller }: RpcContext,
  ): Promise<Methods['sessions.label']['result']> {
    await this.sessions.patch(caller, key, { label });
    return { ok: true, key };
  }

  /** Stops what goes on in the conversation, and removes it. An unknown one is removed already. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('sessions.delete', SessionKeyParams)
  async delete({ key }: SessionKeyParams, { caller }: RpcContext): Promise<Ok<'sessions.delete'>> {
    return new PendingAnswer(this.conversations.delete(caller, key).then(() => ({ ok: true as const })));
  }

  /** Stops what goes on in the conversation; it begins anew. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('sessions.reset', SessionKeyParams)
  async reset({ key }: SessionKeyParams, { caller }: RpcContext): Promise<Ok<'sessions.reset'>> {
    return new PendingAnswer(this.conversations.reset(caller, key).then(() => ({ ok: true as const })));
  }
}

function infoOf(session: SessionEntity): SessionInfo {
  return {
    key: session.session_key,
    messageCount: session.next_seq - session.start_seq,
    created: session.created_at.toISOString(),
    updated: session.updated_at.toISOString(),
    label: session.label ?? '',
    model: session.model_override ?? session.model ?? '',
    provider: session.provider ?? '',
    channel: session.channel ?? '',
    inputTokens: session.input_tokens,
    outputTokens: session.output_tokens,
  };
}
