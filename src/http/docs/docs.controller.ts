import { Controller, Get, NotFoundException, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { Access } from '#permissions';
import { ApiDocument } from './api-document.js';
import { DOCS_PAGE, DOCS_POLICY, DOCS_START, swaggerUiFile } from './swagger-ui.js';

const ASSET_MAX_AGE = 'public, max-age=86400';

/** The documentation of the HTTP interface, for people and for generators. It holds nothing of anybody's. */
@Controller('docs')
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get()
  @Access('none')
  page(@Res() reply: FastifyReply): void {
    reply.header('content-security-policy', DOCS_POLICY).type('text/html; charset=utf-8').send(DOCS_PAGE);
  }

  @Get('openapi.json')
  @Access('none')
  async openApi(@Res() reply: FastifyReply): Promise<void> {
    reply.type('application/json; charset=utf-8').send(await this.document.json());
  }

  @Get('start.js')
  @Access('none')
  start(@Res() reply: FastifyReply): void {
    reply.type('text/javascript; charset=utf-8').send(DOCS_START);
  }

  @Get(':file')
  @Access('none')
  asset(@Param('file') name: string, @Res() reply: FastifyReply): void {
    const file = swaggerUiFile(name);
    if (!file) throw new NotFoundException(`There is no ${name} in the documentation.`);
    reply.header('cache-control', ASSET_MAX_AGE).type(file.type).send(createReadStream(file.path));
  }
}
