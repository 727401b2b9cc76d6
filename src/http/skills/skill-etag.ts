import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** The `version` of a skill is that of its files: its ETag is the record's. */
@Injectable()
export class SkillEtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        const version: unknown = Reflect.get(Object(answer) as object, 'record_version');
        if (typeof version === 'number') reply.header('etag', `"${version}"`);
        return answer;
      }),
    );
  }
}
