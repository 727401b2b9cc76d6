import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
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
import { Clock } from '#kernel';
import { Access, ApiKeys, type IssuedKey, KEY_ROLES } from '#permissions';
import { KEY_STATUSES, type KeyStatus } from '#store';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, textQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { toApiKey } from './api-key-shape.js';
import { ApiKeyChangesDto, ApiKeyInputDto, ApiKeyRotationDto } from './dto/api-key.dto.js';

/** Shown, and the same for the life of a key: whoever sends back what was read changes nothing by it. */
const FIXED = [
  'key_prefix',
  'role',
  'user_id',
  'tenant',
  'status',
  'revoked_at',
  'revoked_by',
  'last_used_at',
  'last_used_from',
  'previous_valid_until',
];

/** API keys. Everybody else than an admin sees, and takes back, those that are bound to them. */
@Controller('v1/api-keys')
@UseInterceptors(EtagInterceptor)
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    const role = choiceQuery('role', query['role'], KEY_ROLES);
    const status = choiceQuery('status', query['status'], KEY_STATUSES);
    const userId = textQuery('user_id', query['user_id']);
    const tenant = textQuery('tenant', query['tenant']);
    const filter = {
      ...(role !== undefined && { role }),
      ...(status !== undefined && { status: status as KeyStatus }),
      ...(userId !== undefined && { userId }),
      ...(tenant !== undefined && { tenant }),
    };
    const page = await this.keys.list(caller, filter, pageQuery(query));
    const now = this.clock.now();
    return pageAnswer('api_keys', { ...page, items: page.items.map((row) => toApiKey(row, now)) });
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  async create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<object> {
    const { user_id: userId, tenant, ...terms } = readBody(ApiKeyInputDto, body);
    const bound = { user_id: userId ?? undefined, tenant: tenant ?? undefined };
    return this.issued(await this.keys.create(caller, { ...terms, ...bound }));
  }

  @Get(':id')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return toApiKey(await this.keys.find(caller, id), this.clock.now());
  }

  @Put(':id')
  @Access('admin', { mode: 'managed' })
  replace(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return this.update(caller, id, body, request);
  }

  @Patch(':id')
  @Access('admin', { mode: 'managed' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const change = readBody(ApiKeyChangesDto, body, { partial: true, ignored: FIXED });
    return toApiKey(await this.keys.update(caller, id, change, ifMatch(request)), this.clock.now());
  }

  /** A new secret for the same key. */
  @Post(':id/rotate')
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  async rotate(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    const { grace_seconds: graceSec } = readBody(ApiKeyRotationDto, body ?? {});
    return this.issued(await this.keys.rotate(caller, id, graceSec, ifMatch(request)));
  }

  /** The row stays, to tell whose key it was. */
  @Delete(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return toApiKey(await this.keys.revoke(caller, id, ifMatch(request)), this.clock.now());
  }

  private issued({ row, text }: IssuedKey): object {
    return { ...toApiKey(row, this.clock.now()), key: text };
  }
}
