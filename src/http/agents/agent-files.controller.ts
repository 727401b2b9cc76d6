import { Body, Controller, Delete, Get, Param, Put, Query, Req, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AgentFiles } from '#agent';
import { ALLOWED_FILES, type ContextFile } from '#bootstrap';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { textQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { readBody } from '../rest/read-body.js';
import { AgentFileInputDto } from './dto/agent-file.dto.js';

/** Context files: of an agent, or with `user_id` of one user of it (`me`, or for an admin anybody). */
@Controller('v1/agents/:id/files')
@UseInterceptors(EtagInterceptor)
export class AgentFilesController {
  constructor(private readonly files: AgentFiles) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'agent-edit' })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query('user_id') user: unknown,
  ): Promise<{ files: ShownFile[] }> {
    const { found } = await this.files.list(caller, id, textQuery('user_id', user));
    const files = new Map(found.map((file) => [file.name, file]));
    return { files: ALLOWED_FILES.map((name) => shownFile(name, files.get(name))) };
  }

  @Get(':name')
  @Access('viewer', { mode: 'managed', ownership: 'agent-edit' })
  async find(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('name') name: string,
    @Query('user_id') user: unknown,
  ): Promise<ShownFile> {
    const { found } = await this.files.find(caller, id, name, textQuery('user_id', user));
    return { ...shownFile(name, found), ...(found && { content: found.content }) };
  }

  @Put(':name')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('name') name: string,
    @Query('user_id') user: unknown,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { content } = readBody(AgentFileInputDto, body, {
      ignored: ['name', 'missing', 'size', 'status'],
    });
    const { found } = await this.files.write(caller, id, name, content, optionsOf(user, request));
    return { ...shownFile(name, found), content: found.content, status: 'updated' };
  }

  @Delete(':name')
  @Access('operator', { mode: 'managed', ownership: 'agent-edit' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('name') name: string,
    @Query('user_id') user: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    await this.files.remove(caller, id, name, optionsOf(user, request));
    return { ...shownFile(name, undefined), status: 'deleted' };
  }
}

/** As `AgentFileDto` documents it. */
interface ShownFile {
  readonly name: string;
  readonly missing: boolean;
  readonly size?: number;
  readonly content?: string;
  readonly version?: number;
  readonly updated_at?: Date;
}

function optionsOf(user: unknown, request: FastifyRequest): { user?: string; version?: number } {
  const userId = textQuery('user_id', user);
  const version = ifMatch(request);
  return { ...(userId !== undefined && { user: userId }), ...(version !== undefined && { version }) };
}

function shownFile(name: string, file: ContextFile | undefined): ShownFile {
  if (!file) return { name, missing: true };
  const { content, version, updatedAt: updated_at } = file;
  const size = Buffer.byteLength(content);
  return { name, missing: false, size, updated_at, ...(version !== undefined && { version }) };
}
