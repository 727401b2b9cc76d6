import type { FastifyReply } from 'fastify';
import { Logger } from '@nestjs/common';
import type { AcceptedRun, RunResult } from '#agent';
import type { Clock } from '#kernel';
import { internalProblem, problemOf } from '../errors/problem.js';
import { SseStream } from '../sse/sse-stream.js';

/** How one run is told as a stream. */
export interface ResponseScript {
  begin(): string;
  text(delta: string): string;
  end(result: RunResult): string;
  error(code: string, message: string): string;
}

/** Runs something and gets its run, as soon as it is known, and its text; resolves with the end. */
export type Play = (target: (run: AcceptedRun) => (text: string) => void) => Promise<RunResult>;

const logger = new Logger('Http');

/** Answers with a stream of events. What goes wrong before the run is known is thrown. */
export async function streamResponse(
  reply: FastifyReply,
  clock: Clock,
  scriptOf: (run: AcceptedRun) => ResponseScript,
  play: Play,
): Promise<void> {
  const sse = new SseStream(reply, clock);
  let script: ResponseScript | undefined;
  try {
    const result = await play((run) => {
      const begun = (script = scriptOf(run));
      sse.send(begun.begin());
      return (text) => sse.send(begun.text(text));
    });
    if (script) sse.send(script.end(result));
  } catch (error) {
    if (!script) throw error;
    const known = problemOf(error);
    if (!known) logger.error(`a stream failed (request ${reply.request.id})`, error);
    const { detailCode, message } = known ?? internalProblem(reply.request.id);
    sse.send(script.error(detailCode, message));
  } finally {
    sse.end();
  }
}
