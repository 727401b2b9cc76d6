import { Injectable } from '@nestjs/common';
import { type RunHandle, RunService } from '#agent';
import { AppError } from '#kernel';
import { Access } from '#permissions';
import { type ChatResult, ErrorCode, type LogPosition } from '#protocol';
import { ChatResults } from '../chat-results.js';
import { PendingAnswer } from '../pending-answer.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { RunReplay } from '../run-replay.js';
import { ChatResumeParams } from './chat.dto.js';
import { CHAT_SEND } from './chat.methods.js';

/** A run that a client lost sight of. */
@Injectable()
export class ChatResumeMethods {
  constructor(
    private readonly runs: RunService,
    private readonly results: ChatResults,
  ) {}

  /** Sends the run's events behind `after` and all further ones, in order, then answers as `chat.send` does. */
  @Access('operator', { ownership: 'own' })
  @RpcMethod('chat.resume', ChatResumeParams)
  async resume(params: ChatResumeParams, context: RpcContext): Promise<PendingAnswer<ChatResult>> {
    const { runId, idempotencyKey, after } = params;
    const { caller } = context;
    if (runId === undefined && idempotencyKey === undefined) {
      throw new AppError(ErrorCode.INVALID_REQUEST, 'invalid params: runId or idempotencyKey is required');
    }
    const handle = await this.runs.attach(
      caller,
      runId === undefined ? { operation: CHAT_SEND, idempotencyKey: idempotencyKey ?? '' } : { runId },
    );
    return new PendingAnswer(this.replay(handle, after, context));
  }

  private async replay(
    handle: RunHandle,
    after: LogPosition | undefined,
    { caller, socket }: RpcContext,
  ): Promise<ChatResult> {
    const replay = new RunReplay(socket, handle);
    let unfollow: (() => void) | undefined;
    try {
      unfollow = await this.runs.follow(caller, handle.runId, after, replay.push);
      return await this.results.of(caller, handle);
    } finally {
      await replay.sent();
      unfollow?.();
      replay.end();
    }
  }
}
