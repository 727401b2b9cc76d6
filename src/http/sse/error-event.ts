import { Logger } from '@nestjs/common';
import { openAiErrorBody } from '../errors/error-body.js';
import { internalProblem, problemOf } from '../errors/problem.js';

const logger = new Logger('Http');

/** An error that happened after the stream began, as OpenAI's clients understand it. */
export function openAiErrorEvent(error: unknown, requestId: string): string {
  const known = problemOf(error);
  if (!known)
    logger.error(`a stream failed (request ${requestId})`, error instanceof Error ? error.stack : error);
  return `data: ${JSON.stringify(openAiErrorBody(known ?? internalProblem(requestId)))}\n\n`;
}
