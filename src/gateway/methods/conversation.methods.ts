import { Injectable } from '@nestjs/common';
import { Conversations, RunService } from '#agent';
import { AppError } from '#kernel';
import { Access } from '#permissions';
import { ErrorCode, type Methods } from '#protocol';
import { SessionService } from '#sessions';
import { AgentDirectory } from '../agent-directory.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { showMessage } from '../show-message.js';
import { ChatAbortParams, ChatHistoryParams, ChatInjectParams } from './chat.dto.js';

type Injected = Methods['chat.inject']['result'];

/** A conversation, beside sending to it. */
@Injectable()
export class ConversationMethods {
  constructor(
    private readonly runs: RunService,
    private readonly agents: AgentDirectory,
    private readonly sessions: SessionService,
    private readonly conversations: Conversations,
  ) {}

  /** The newest messages before `before`, oldest first; none for an unknown session. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('chat.history', ChatHistoryParams)
  async history(
    params: ChatHistoryParams,
    { caller }: RpcContext,
  ): Promise<Methods['chat.history']['result']> {
    const sessionKey = await this.agents.ownConversation(caller, params);
    const messages = await this.sessions.history(caller, sessionKey, params.limit, params.before);
    return { messages: messages.map(showMessage) };
  }

  /** Stops the caller's runs that are meant: by id, by session, or both. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('chat.abort', ChatAbortParams)
  async abort(params: ChatAbortParams, { caller }: RpcContext): Promise<Methods['chat.abort']['result']> {
    const { runId, sessionKey } = params;
    if (runId === undefined && sessionKey === undefined) {
      throw new AppError(ErrorCode.INVALID_REQUEST, 'invalid params: runId or sessionKey is required');
    }
    const runIds = await this.runs.abort(caller, {
      ...(runId !== undefined && { runId }),
      ...(sessionKey !== undefined && {
        sessionKey: await this.agents.ownConversation(caller, { sessionKey }),
      }),
    });
    return { ok: true, aborted: runIds.length > 0, runIds };
  }

  /** Appends an assistant message that no model wrote, when the conversation's turn comes. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('chat.inject', ChatInjectParams)
  async inject(
    { sessionKey, message, label }: ChatInjectParams,
    { caller }: RpcContext,
  ): Promise<PendingAnswer<Injected>> {
    const { sessionKey: key } = await this.agents.conversation(caller, { sessionKey });
    const injected = this.conversations.inject(caller, key, message, label);
    return new PendingAnswer(injected.then((messageId) => ({ ok: true as const, messageId })));
  }
}
