import { Logger } from '@nestjs/common';
import { openAiErrorBody } from '../errors/error-body.js';
import { internalProblem, problemOf } from '../errors/problem.js';

const logger = new Logger('Http');

/**
 * An error that happened after the stream began, as OpenAI's clients understand it. `id`: of the last event before, so
 * that the stream can be read on from there.
 */
export function openAiErrorEvent(error: unknown, requestId: string, id?: number): string {
  const known = problemOf(error);
  if (!known)
    logger.error(`a stream failed (request ${requestId})`, error instanceof Error ? error.stack : error);
  const head = id === undefined || id < 0 ? '' : `id: ${id}\n`;
  return `${head}data: ${JSON.stringify(openAiErrorBody(known ?? internalProblem(requestId)))}\n\n`;
}
