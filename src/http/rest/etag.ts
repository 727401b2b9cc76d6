import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { headerText } from '../input/headers.js';
import { invalid } from '../input/body-reader.js';

const STRONG_TAG = /^"(\d{1,10})"$/;

/** Sends the `version` of the answered object as its ETag. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        const version: unknown = Reflect.get(Object(answer) as object, 'version');
        if (typeof version === 'number') reply.header('etag', `"${version}"`);
        return answer;
      }),
    );
  }
}

/** The version that a change is meant for; `undefined`: any. @throws HttpError for what is no ETag of ours. */
export function ifMatch(request: FastifyRequest): number | undefined {
  const tag = headerText(request, 'if-match');
  if (tag === undefined || tag === '*') return undefined;
  const version = STRONG_TAG.exec(tag)?.[1];
  if (version === undefined) throw invalid('If-Match', 'must be the ETag that was read, or *');
  return Number(version);
}
