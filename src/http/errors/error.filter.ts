import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, isOpenAiRoute, openAiErrorBody } from './error-body.js';
import { internalProblem, ofStatus, type Problem, problemOf } from './problem.js';
import { RouteTable } from './route-table.js';

/** Answers every error as JSON, and logs the ones that nobody foresaw. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const isUnrouted = request.is404 && error instanceof NotFoundException;
    const problem = isUnrouted ? this.unrouted(request, reply) : this.known(error, request);
    // The answer has begun, so its status can no longer change: an abrupt end is what is left to tell.
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(problem, request, reply);
  }

  private known(error: unknown, request: FastifyRequest): Problem {
    const problem = problemOf(error);
    if (problem && problem.code !== 'INTERNAL') return problem;
    const what = `${request.method} ${request.routeOptions.url ?? request.url} failed (request ${request.id})`;
    this.logger.error(what, error);
    return problem ?? internalProblem(request.id);
  }

  private unrouted(request: FastifyRequest, reply: FastifyReply): Problem {
    const methods = this.routes.methodsOf(request.url);
    const path = request.url.split('?', 1)[0] ?? '';
    if (methods.length === 0) return ofStatus(404, `There is no ${path} here. /docs lists what exists.`);
    reply.header('allow', methods.join(', '));
    return ofStatus(405, `${request.method} is not possible on ${path}: use ${methods.join(' or ')}.`);
  }
}

/** Sends an error in the shape of its route. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.retryAfterMs !== undefined)
    reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1_000));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  // OpenAI's clients obey this instead of guessing from the status.
  reply.header('x-should-retry', String(problem.retryable));
  // Whoever is still sending must get to read this: the rest of the body is drained, for as long as a request may take
  // to arrive, instead of resetting the connection under the answer.
  if (problem.status === 413) reply.removeHeader('connection');
  reply
    .code(problem.status)
    .type('application/json; charset=utf-8')
    .send(isOpenAiRoute(request.url) ? openAiErrorBody(problem) : errorBody(problem));
}
