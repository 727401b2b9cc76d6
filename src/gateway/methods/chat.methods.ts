import { Injectable } from '@nestjs/common';
import { type AcceptedRun, type RunRequest, RunService } from '#agent';
import type { ContentPart } from '#contracts';
import { Access, RateLimiter } from '#permissions';
import type { ChatResult } from '#protocol';
import { AgentDirectory } from '../agent-directory.js';
import { ChatResults } from '../chat-results.js';
import { encodeAccepted } from '../encode-frame.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { ChatSendParams } from './chat.dto.js';

/** The name under which idempotency keys of this method are kept. */
export const CHAT_SEND = 'chat.send';

/** A message to an agent. */
@Injectable()
export class ChatMethods {
  constructor(
    private readonly runs: RunService,
    private readonly agents: AgentDirectory,
    private readonly results: ChatResults,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * `run.accepted` comes to the asking socket when the run is committed, the answer when it has ended. A closed
   * socket stops nothing: the same request with the same key, or `chat.resume`, takes the run up again.
   */
  @Access('operator', { ownership: 'agent-use' })
  @RpcMethod(CHAT_SEND, ChatSendParams)
  async send(params: ChatSendParams, context: RpcContext): Promise<PendingAnswer<ChatResult>> {
    const { caller, socket, requestId } = context;
    this.limiter.take(caller);
    const announce = (run: AcceptedRun): void => socket.emit(encodeAccepted(run, requestId));
    const { idempotencyKey, stream } = params;
    const request: RunRequest = {
      ...(await this.agents.conversation(caller, params)),
      caller,
      content: contentOf(params),
      stream,
      origin: 'ws',
      channel: 'ws',
      operation: CHAT_SEND,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      onAccepted: announce,
    };
    const handle = await this.runs.submit(request);
    if (handle.repeated) announce(handle);
    return new PendingAnswer(this.results.of(caller, handle));
  }
}

function contentOf({ message, images = [] }: ChatSendParams): ContentPart[] {
  return [{ type: 'text', text: message }, ...images.map((url) => ({ type: 'image' as const, url }))];
}
