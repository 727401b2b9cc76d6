import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { AppError } from '#kernel';
import { AccessPolicy, AuditLog, PermissionError, RateLimiter } from '#permissions';
import { ErrorCode, type RequestFrame } from '#protocol';
import { parseParams } from './parse-params.js';
import {
  RPC_METHOD,
  type ParamsClass,
  type RpcContext,
  type RpcMethodMetadata,
} from './rpc-method.decorator.js';

type Handler = (params: object, context: RpcContext) => unknown;

interface Route {
  readonly handler: Handler;
  readonly params: ParamsClass | undefined;
  readonly call: Handler;
}

const NO_PARAMS: Record<string, unknown> = Object.freeze({});

/** Finds the method that a request names, checks that its caller may call it, and calls it. */
@Injectable()
export class MethodRouter implements OnModuleInit {
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly access: AccessPolicy,
    private readonly audit: AuditLog,
    private readonly limiter: RateLimiter,
  ) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance === 'object' && instance !== null) this.register(instance as object);
    }
  }

  /** Names of all methods, sorted. */
  get names(): readonly string[] {
    return [...this.routes.keys()].toSorted();
  }

  /** The function behind a name, for those who walk the access table. */
  handlerOf(name: string): Handler | undefined {
    return this.routes.get(name)?.handler;
  }

  /**
   * Resolves with the result, or with a `PendingAnswer` when the method goes on.
   *
   * @throws AppError as the protocol says: unauthenticated before unknown, unknown before forbidden, forbidden
   *   before invalid parameters.
   */
  async call(request: RequestFrame, context: RpcContext): Promise<unknown> {
    try {
      return await this.dispatch(request, context);
    } catch (error) {
      const what = this.routes.has(request.method) ? request.method : 'unknown method';
      this.audit.denied(context.caller, { kind: 'method', what, error });
      throw error;
    }
  }

  private dispatch(request: RequestFrame, context: RpcContext): unknown {
    this.limiter.takeAddress(context.socket.address);
    const route = this.routes.get(request.method);
    const isOpen = route !== undefined && this.access.isPublic(route.handler);
    if (context.caller.role === 'none' && !isOpen) {
      throw new PermissionError('unauthenticated', 'The first request must be connect, with a valid token.');
    }
    if (!route) throw new AppError(ErrorCode.INVALID_REQUEST, `unknown method: ${request.method}`);
    this.access.requireMode(route.handler, request.method);
    this.access.require(context.caller, route.handler, request.method);
    const raw = request.params ?? NO_PARAMS;
    return route.call(route.params ? parseParams(route.params, raw) : raw, context);
  }

  private register(instance: object): void {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (typeof prototype !== 'object' || prototype === null) return;
    for (const key of this.scanner.getAllMethodNames(prototype)) {
      const handler: unknown = Reflect.get(prototype, key);
      if (!isHandler(handler)) continue;
      const metadata = this.reflector.get<RpcMethodMetadata | undefined>(RPC_METHOD, handler);
      if (metadata) this.add(metadata, handler, instance);
    }
  }

  private add({ name, params }: RpcMethodMetadata, handler: Handler, instance: object): void {
    const known = this.routes.get(name);
    if (known?.handler === handler) return;
    if (known) throw new TypeError(`Two methods are called ${name}.`);
    if (!this.access.ruleOf(handler)) throw new TypeError(`The method ${name} has no @Access rule.`);
    this.routes.set(name, { handler, params, call: handler.bind(instance) });
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
