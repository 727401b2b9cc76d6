import { Injectable } from '@nestjs/common';
import { type RunHandle, type RunResult, RunService } from '#agent';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { type ChatResult, ErrorCode } from '#protocol';

/** Merged runs can be merged again. */
const MERGES_FOLLOWED_MAX = 20;

/** Waits for the end of a run and makes the one answer of it. */
@Injectable()
export class ChatResults {
  constructor(private readonly runs: RunService) {}

  /** Never settles before the run has ended. @throws AppError with the run's code when it failed or was dropped. */
  async of(caller: Caller, { runId, done }: RunHandle): Promise<ChatResult> {
    const result = await done;
    const answer = await this.answering(caller, result);
    const { sessionKey, outcome } = result;
    if (answer.error) throw runError(runId, result, answer.error);
    return {
      runId,
      sessionKey,
      status: outcome,
      content: answer.content,
      usage: answer.usage,
      ...(answer.cut && { cut: answer.cut }),
      ...(answer.runId !== runId && { mergedInto: answer.runId }),
    };
  }

  /** The end of the run that answered: the run itself, or the one that it was merged into. */
  private async answering(caller: Caller, result: RunResult): Promise<RunResult> {
    let answer = result;
    for (let merges = 0; answer.mergedInto !== undefined && merges < MERGES_FOLLOWED_MAX; merges++) {
      answer = await (await this.runs.attach(caller, { runId: answer.mergedInto })).done;
    }
    return answer;
  }
}

function runError(runId: string, result: RunResult, error: NonNullable<RunResult['error']>): AppError {
  const { sessionKey, outcome: status, content } = result;
  return new AppError(error.code, error.message, {
    retryable: error.code === ErrorCode.UNAVAILABLE || error.code === ErrorCode.RESOURCE_EXHAUSTED,
    details: { runId, sessionKey, status, ...(content !== '' && { content }) },
  });
}
