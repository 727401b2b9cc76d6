import type { FastifyReply } from 'fastify';
import { Logger } from '@nestjs/common';
import type { AcceptedRun, RunResult } from '#agent';
import type { Clock } from '#kernel';
import { internalProblem, problemOf } from '../errors/problem.js';
import type { TextTarget } from '../runs/agent-runs.js';
import { EventNumbers } from '../sse/event-numbers.js';
import { SseStream } from '../sse/sse-stream.js';

/** How one run is told as a stream. */
export interface ResponseScript {
  begin(): string;
  /** What follows is said by this attempt at the run. */
  attempt(attempt: number): void;
  text(delta: string): string;
  end(result: RunResult): string;
  error(code: string, message: string): string;
}

/** Runs something and gets its run, as soon as it is known, and its text; resolves with the end. */
export type Play = (target: TextTarget) => Promise<RunResult>;

const logger = new Logger('Http');

/**
 * Answers with a stream of events, behind the event `after` when it is read again. What goes wrong before anything was
 * sent is thrown.
 */
export async function streamResponse(
  reply: FastifyReply,
  clock: Clock,
  after: number | undefined,
  scriptOf: (run: AcceptedRun, numbers: EventNumbers) => ResponseScript,
  play: Play,
): Promise<void> {
  const sse = new SseStream(reply, clock);
  let script: ResponseScript | undefined;
  try {
    const result = await play((run, repeated) => {
      const begun = (script = scriptOf(run, new EventNumbers(repeated ? after : undefined)));
      sse.send(begun.begin());
      return {
        text: (delta) => sse.send(begun.text(delta)),
        attempt: (attempt) => begun.attempt(attempt),
      };
    });
    if (script) sse.send(script.end(result));
  } catch (error) {
    if (!script || !sse.isOpen) throw error;
    const known = problemOf(error);
    if (!known) logger.error(`a stream failed (request ${reply.request.id})`, error);
    const { detailCode, message } = known ?? internalProblem(reply.request.id);
    sse.send(script.error(detailCode, message));
  } finally {
    sse.end();
  }
}
