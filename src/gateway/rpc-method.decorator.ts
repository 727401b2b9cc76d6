import { SetMetadata } from '@nestjs/common';
import type { Caller } from '#contracts';
import type { FrameId, MethodName, Methods } from '#protocol';
import type { ClientSocket } from './client-socket.js';
import type { PendingAnswer } from './pending-answer.js';

export const RPC_METHOD = 'goclaw:rpc-method';

/** What a method knows of its call. */
export interface RpcContext {
  readonly caller: Caller;
  readonly socket: ClientSocket;
  readonly requestId: FrameId;
}

/** A class whose `class-validator` decorators say which parameters are accepted. */
export type ParamsClass<P extends object = object> = new () => P;

export interface RpcMethodMetadata {
  readonly name: string;
  readonly params?: ParamsClass;
}

type Result<M extends MethodName> = Methods[M]['result'];

export type RpcHandler<M extends MethodName, P> = (
  params: P,
  context: RpcContext,
) => Result<M> | Promise<Result<M> | PendingAnswer<Result<M>>>;

/**
 * Makes a method of a class callable over the socket. It also needs `@Access`. Its parameters are validated
 * against `params`; unknown ones are ignored. The compiler checks the result against the protocol.
 */
export function RpcMethod<M extends MethodName, P extends object = object>(
  name: M,
  params?: ParamsClass<P>,
): <H extends RpcHandler<M, P>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void {
  const metadata: RpcMethodMetadata = { name, ...(params && { params }) };
  return SetMetadata(RPC_METHOD, metadata);
}
