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
import { Access } from '#permissions';
import { PROVIDER_TYPES, ProviderAdmin, type ProviderCheck, type ProviderView } from '#providers';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, flagQuery } from '../input/query.js';
import { EtagInterceptor, ifMatch } from '../rest/etag.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { ProviderInputDto, ProviderTestDto, UnsavedProviderTestDto } from './dto/provider.dto.js';

/** Model providers of the database; they hide those of the configuration by name. */
@Controller('v1/providers')
@UseInterceptors(EtagInterceptor)
export class ProvidersController {
  constructor(private readonly providers: ProviderAdmin) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Record<string, unknown>): Promise<object> {
    const enabled = flagQuery('enabled', query['enabled']);
    const type = choiceQuery('provider_type', query['provider_type'], PROVIDER_TYPES);
    const filter = {
      ...(enabled !== undefined && { enabled }),
      ...(type !== undefined && { provider_type: type }),
    };
    return pageAnswer('providers', await this.providers.page(filter, pageQuery(query)));
  }

  @Post()
  @Access('admin', { mode: 'managed' })
  create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<ProviderView> {
    return this.providers.create(caller, readBody(ProviderInputDto, body));
  }

  @Post('test')
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  testUnsaved(@Body() body: unknown): Promise<ProviderCheck> {
    const { model, ...input } = readBody(UnsavedProviderTestDto, body);
    return this.providers.checkUnsaved(input, model);
  }

  @Get(':id')
  @Access('admin', { mode: 'managed' })
  find(@Param('id') id: string): Promise<ProviderView> {
    return this.providers.get(id);
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
    const input = readBody(ProviderInputDto, body, { partial: true, ignored: ['status'] });
    return { ...(await this.providers.update(caller, id, input, ifMatch(request))), status: 'updated' };
  }

  @Delete(':id')
  @Access('admin', { mode: 'managed' })
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    return { ...(await this.providers.remove(caller, id, ifMatch(request))), status: 'deleted' };
  }

  /** Calls the provider for real. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('admin', { mode: 'managed' })
  test(@Param('id') id: string, @Body() body: unknown): Promise<ProviderCheck> {
    return this.providers.check(id, readBody(ProviderTestDto, body ?? {}).model);
  }

  @Get(':id/models')
  @Access('admin', { mode: 'managed' })
  async models(@Param('id') id: string): Promise<object> {
    return { models: (await this.providers.models(id)).map((model) => ({ id: model })) };
  }
}
