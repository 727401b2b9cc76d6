import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { ANONYMOUS, AuditLog, Authenticator, ClientAddress, IdentityError } from '#permissions';
import { USER_ID_MAX_BYTES } from '#protocol';
import { headerText } from '../input/headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** On whose authority the request is made, once that is known. */
    caller: Caller | undefined;
  }
}

const BEARER = /^Bearer +(\S+) *$/i;

/** Finds out on whose authority a request is made. */
@Injectable()
export class RequestCaller {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly addresses: ClientAddress,
    private readonly audit: AuditLog,
  ) {}

  /** @throws PermissionError; IdentityError; AppError RESOURCE_EXHAUSTED, UNAVAILABLE. */
  async identify(request: FastifyRequest): Promise<Caller> {
    if (request.caller) return request.caller;
    const address = this.addresses.of(request.raw);
    try {
      request.caller = await this.authenticate(request, address);
      return request.caller;
    } catch (error) {
      const somebody = { ...ANONYMOUS, address, requestId: request.id };
      const what = `${request.method} ${request.routeOptions.url ?? 'unknown route'}`;
      this.audit.denied(somebody, { kind: 'route', what, error });
      throw error;
    }
  }

  private async authenticate(request: FastifyRequest, address: string): Promise<Caller> {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const userId = headerText(request, 'x-goclaw-user-id');
    const identity = headerText(request, 'x-goclaw-identity');
    const caller = await this.authenticator.authenticate({
      ...(token !== undefined && { token }),
      ...(userId !== undefined && { userId }),
      ...(identity !== undefined && { identity }),
      address,
      requestId: request.id,
    });
    // A standalone gateway ignores the id, but not that its sender is mistaken.
    if (userId !== undefined && Buffer.byteLength(userId) > USER_ID_MAX_BYTES) {
      throw new IdentityError(
        `X-GoClaw-User-Id is longer than ${USER_ID_MAX_BYTES} bytes. Send a shorter one.`,
      );
    }
    return caller;
  }
}
