import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#kernel';
import { ErrorCode } from '#protocol';
import { BODIES_OPEN_MAX_BYTES, REQUESTS_OPEN_MAX } from '../http.limits.js';

const RETRY_AFTER_MS = 1_000;

/** How many requests are open, and how large they are together: beyond that new ones are refused, not collected. */
@Injectable()
export class RequestLoad {
  private requests = 0;
  private bytes = 0;

  /**
   * Counts a request until its answer has ended, or its client is gone.
   * @throws AppError RESOURCE_EXHAUSTED with `retryAfterMs`
   */
  admit(request: FastifyRequest, reply: FastifyReply): void {
    const bytes = announcedBytes(request);
    if (this.requests >= REQUESTS_OPEN_MAX || this.bytes + bytes > BODIES_OPEN_MAX_BYTES) {
      throw new AppError(
        ErrorCode.RESOURCE_EXHAUSTED,
        'The gateway has as many requests open as it can hold. Try again shortly.',
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    this.requests += 1;
    this.bytes += bytes;
    reply.raw.once('close', () => {
      this.requests -= 1;
      this.bytes -= bytes;
    });
  }
}

/** A body whose length nobody tells may become as long as its route takes. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return routeOptions.bodyLimit ?? 0;
  const length = Number(headers['content-length'] ?? 0);
  return Number.isFinite(length) ? Math.max(0, length) : 0;
}
