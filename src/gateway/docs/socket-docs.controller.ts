import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, AccessPolicy } from '#permissions';
import { MethodRouter } from '../method-router.js';
import type { DocumentedMethod } from './async-api.js';

/** The documentation of the socket, for people and for generators. Made when somebody asks for it. */
@Controller('docs/ws')
export class SocketDocsController {
  constructor(
    private readonly router: MethodRouter,
    private readonly policy: AccessPolicy,
  ) {}

  @Get()
  @Access('none')
  async page(@Res() reply: FastifyReply): Promise<void> {
    const { docsPage, SOCKET_DOCS_POLICY } = await import('./docs-page.js');
    reply
      .header('content-security-policy', SOCKET_DOCS_POLICY)
      .type('text/html; charset=utf-8')
      .send(docsPage(this.methods()));
  }

  @Get('asyncapi.json')
  @Access('none')
  async asyncApi(@Req() { host }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { asyncApi } = await import('./async-api.js');
    reply.type('application/json; charset=utf-8').send(JSON.stringify(asyncApi(this.methods(), host)));
  }

  private methods(): DocumentedMethod[] {
    return this.router.names.flatMap((name) => {
      const handler = this.router.handlerOf(name);
      const rule = handler && this.policy.ruleOf(handler);
      return rule ? [{ name, rule }] : [];
    });
  }
}
