import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessPolicy, AuditLog } from '#permissions';
import { RequestCaller } from './request-caller.js';

type Handler = Parameters<AccessPolicy['isPublic']>[0];

/** Lets nobody in but those whom the route's access rule names; a route without a rule is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly policy: AccessPolicy,
    private readonly callers: RequestCaller,
    private readonly audit: AuditLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Frames of a WebSocket are checked by their own router, against the same policy.
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const handler = context.getHandler() as Handler;
    if (this.policy.isPublic(handler)) return true;
    const name = `${request.method} ${request.routeOptions.url ?? request.url}`;
    this.policy.requireMode(handler, name);
    const caller = await this.callers.identify(request);
    try {
      this.policy.require(caller, handler, name);
    } catch (error) {
      this.audit.denied(caller, { kind: 'route', what: name, error });
      throw error;
    }
    return true;
  }
}
