import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '#kernel';
import { isOpenAiRoute, errorBody, openAiErrorBody } from './errors/error-body.js';
import { ofStatus, problemOf } from './errors/problem.js';
import { BODY_LIMIT_BYTES, REQUEST_ARRIVAL_MAX_MS, REQUEST_ID_MAX_CHARS } from './http.limits.js';

const REQUEST_ID = new RegExp(`^[\\w.:/+=@-]{1,${REQUEST_ID_MAX_CHARS}}$`);
const PARAM_MAX_CHARS = 512;

/**
 * Fastify as the gateway needs it. Create the application with it and with `bodyParser: false`: JSON is the only
 * body that is read.
 */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_ARRIVAL_MAX_MS,
    // Addresses in forwarding headers are the client's own claim.
    trustProxy: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: PARAM_MAX_CHARS },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = problemOf(error) ?? ofStatus(400, 'The address of the request is malformed.');
      void reply
        .code(problem.status)
        .send(isOpenAiRoute(request.url) ? openAiErrorBody(problem) : errorBody(problem));
    },
    clientErrorHandler: answerUnreadable,
  });
}

/** Ours are counted under a name of this process: no randomness has to be drawn for each request. */
const PROCESS_NAME = newId().slice(-12);
let counted = 0;

/** The client's own id where it is a plain one, so that both sides can find the request in their logs. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given)
    ? given
    : `req_${PROCESS_NAME}_${(++counted).toString(36)}`;
}

/** What came is not HTTP: there is no request to answer, just a socket. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(errorBody(ofStatus(status, 'The request is not valid HTTP, or too slow.')));
  const head = `HTTP/1.1 ${status} Error\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}
