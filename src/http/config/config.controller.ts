import { Body, Controller, Get, Patch, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigService } from '#config';
import type { Caller } from '#contracts';
import { type ConfigEdit, ConfigEditor, LiveConfig, readPatch, readWhole } from '#live-config';
import { Access } from '#permissions';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { HttpError } from '../http.errors.js';
import { headerText } from '../input/headers.js';
import type { ConfigChangeDto, ConfigDto } from './dto/config.dto.js';

/** The configuration of the deployment. Its ETag is its hash. */
@Controller('v1/config')
export class ConfigController {
  constructor(
    private readonly config: ConfigService,
    private readonly editor: ConfigEditor,
    private readonly live: LiveConfig,
  ) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  read(@Res({ passthrough: true }) reply: FastifyReply): ConfigDto {
    const hash = this.config.hash();
    reply.header('etag', `"${hash}"`);
    const { awaitingRestart, path } = this.config;
    return {
      config: this.config.masked(),
      hash,
      path,
      restartRequired: [...awaitingRestart],
      problems: [...this.live.problems],
    };
  }

  @Get('schema')
  @Access('admin', { mode: 'managed' })
  schema(): Record<string, unknown> {
    return this.editor.schema();
  }

  @Put()
  @Access('admin', { mode: 'managed' })
  apply(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigChangeDto> {
    return this.change(caller, readWhole(requireObject(body)), request, reply);
  }

  @Patch()
  @Access('admin', { mode: 'managed' })
  patch(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfigChangeDto> {
    return this.change(caller, readPatch(requireObject(body)), request, reply);
  }

  private async change(
    caller: Caller,
    edit: ConfigEdit,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<ConfigChangeDto> {
    const seen = headerText(request, 'if-match');
    const baseHash = seen === undefined || seen === '*' ? edit.baseHash : seen.replaceAll('"', '');
    const result = await this.editor.change(caller, { ...edit, ...(baseHash && { baseHash }) });
    reply.header('etag', `"${result.hash}"`);
    const { applied, restartRequired, shadowed } = result;
    return {
      ...result,
      applied: [...applied],
      restartRequired: [...restartRequired],
      shadowed: [...shadowed],
    };
  }
}

function requireObject(body: unknown): object {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new HttpError('invalid-parameter', 'The body must be a JSON object.');
}
