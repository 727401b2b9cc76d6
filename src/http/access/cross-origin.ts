import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAddress, OriginPolicy } from '#permissions';
import { HttpError } from '../http.errors.js';
import { PREFLIGHT_MAX_AGE_S } from '../http.limits.js';

/** Methods that change nothing: a foreign page may send them, it just cannot read the answer. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const READABLE_HEADERS = 'X-Request-Id, X-GoClaw-Run-Id, Retry-After';
const HEADER_NAMES = /^[\w-]+( *, *[\w-]+)*$/;

/** Which web pages may use the HTTP interface, and what their browsers are told. */
@Injectable()
export class CrossOrigin {
  constructor(
    private readonly policy: OriginPolicy,
    private readonly addresses: ClientAddress,
  ) {}

  /** @throws HttpError for a change asked by a page of an origin that is not listed. */
  check(request: FastifyRequest, reply: FastifyReply): void {
    const { origin } = request.headers;
    if (origin === undefined) return;
    reply.header('vary', 'Origin');
    if (this.policy.isListed(origin)) {
      reply.header('access-control-allow-origin', origin);
      reply.header('access-control-expose-headers', READABLE_HEADERS);
    } else if (
      !SAFE_METHODS.has(request.method) &&
      !this.policy.allows(origin, this.addresses.reachedAt(request.raw))
    ) {
      throw foreignOrigin(origin);
    }
  }

  /** Whether the request asks if another one would be allowed. */
  isPreflight({ method, headers }: FastifyRequest): boolean {
    return (
      method === 'OPTIONS' &&
      headers.origin !== undefined &&
      headers['access-control-request-method'] !== undefined
    );
  }

  /** @throws HttpError for an origin that is not listed. */
  answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
    if (headers.origin === undefined || !this.policy.isListed(headers.origin)) {
      throw foreignOrigin(headers.origin ?? '');
    }
    const asked = headers['access-control-request-headers'];
    if (asked !== undefined && HEADER_NAMES.test(asked)) reply.header('access-control-allow-headers', asked);
    reply.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE');
    reply.header('access-control-max-age', PREFLIGHT_MAX_AGE_S);
    reply.code(204).send();
  }
}

function foreignOrigin(origin: string): HttpError {
  return new HttpError(
    'foreign-origin',
    `Pages of ${origin} may not use this gateway. List the origin in gateway.allowed_origins to allow it.`,
    { details: { reason: 'origin' } },
  );
}
