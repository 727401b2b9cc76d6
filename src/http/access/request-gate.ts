import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAddress, RateLimiter } from '#permissions';
import { CrossOrigin } from './cross-origin.js';
import { RequestCaller } from './request-caller.js';
import { RequestLoad } from './request-load.js';

/** Sent with every answer. What the gateway serves is data: nothing may be framed, sniffed, cached or run. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/** Agents' routes take large bodies: nobody makes the gateway read one without credentials. */
export const AGENT_ROUTES: ReadonlySet<string> = new Set(['/v1/chat/completions', '/v1/responses']);

/** They tell how it is when it is not well. */
const HEALTH_ROUTES: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready']);

/** What happens to every request before its body is read. */
@Injectable()
export class RequestGate {
  constructor(
    private readonly crossOrigin: CrossOrigin,
    private readonly callers: RequestCaller,
    private readonly load: RequestLoad,
    private readonly addresses: ClientAddress,
    private readonly limiter: RateLimiter,
  ) {}

  /** Returns the reply when it is the answer already. */
  async pass(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    reply.headers(SECURITY_HEADERS);
    reply.header('x-request-id', request.id);
    const isHealth = HEALTH_ROUTES.has(request.routeOptions.url ?? '');
    if (!isHealth) this.limiter.takeAddress(this.addresses.of(request.raw));
    this.crossOrigin.check(request, reply);
    if (this.crossOrigin.isPreflight(request)) {
      this.crossOrigin.answerPreflight(request, reply);
      return reply;
    }
    if (request.method === 'POST' && AGENT_ROUTES.has(request.routeOptions.url ?? ''))
      await this.callers.identify(request);
    if (!isHealth) this.load.admit(request, reply);
    return undefined;
  }
}
