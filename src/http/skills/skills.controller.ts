import {
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { Access, NO_RUNTIME } from '#permissions';
import { SKILL_STATUSES, SKILL_VISIBILITIES, Skills, SkillUpload } from '#skills';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery } from '../input/query.js';
import { ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { SkillInputDto } from './dto/skill.dto.js';
import { SkillEtagInterceptor } from './skill-etag.js';
import { requireForm, uploadedFile } from './uploaded-file.js';

/** What is shown and never set, in a body that somebody read before. */
const SHOWN = {
  ignored: [
    'slug',
    'source',
    'path',
    'baseDir',
    'owner_id',
    'file_size',
    'file_hash',
    'file_path',
    'record_version',
    'runtime',
    'content',
  ],
};

/** Skills that were uploaded. Everybody sees public ones, their own and those given to them; an admin sees all. */
@Controller('v1/skills')
@UseInterceptors(SkillEtagInterceptor)
export class SkillsController {
  constructor(
    private readonly skills: Skills,
    private readonly uploads: SkillUpload,
  ) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    choiceQuery('status', query['status'], SKILL_STATUSES);
    choiceQuery('visibility', query['visibility'], SKILL_VISIBILITIES);
    const visibility = SKILL_VISIBILITIES.find((one) => one === query['visibility']);
    const status = query['status'] === 'archived' ? 'archived' : 'active';
    const filter = { status, ...(visibility !== undefined && { visibility }) } as const;
    const page = await this.skills.page(caller, filter, pageQuery(query));
    return { ...pageAnswer('skills', page), ...NO_RUNTIME };
  }

  /** A ZIP archive with a SKILL.md at its root, as the field `file` of a form. */
  @Post('upload')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async upload(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest): Promise<object> {
    requireForm(request);
    const skill = await this.uploads.upload(caller, () => uploadedFile(request));
    return { ...skill, ...NO_RUNTIME };
  }

  /** `id` is a slug, an id or a name. */
  @Get(':id')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return { ...(await this.skills.get(caller, id)), ...NO_RUNTIME };
  }

  @Put(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.update(caller, id, body, request);
  }

  @Patch(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const input = readBody(SkillInputDto, body, { partial: true, ...SHOWN });
    const skill = await this.skills.update(caller, id, input, ifMatch(request));
    return { ...skill, ...NO_RUNTIME, ok: 'true' };
  }

  /** Takes it out of use; its files stay. */
  @Delete(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const skill = await this.skills.archive(caller, id, ifMatch(request));
    return { ...skill, ...NO_RUNTIME, ok: 'true' };
  }
}
