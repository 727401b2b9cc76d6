import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { PAGE_MAX } from '#store';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { integerQuery, textQuery, uuidQuery } from '../input/query.js';
import { given } from '../rest/given.js';
import { knownFields } from '../rest/known-fields.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { SessionChangeDto } from './dto/session.dto.js';
import { messageOf } from './message-shape.js';
import { SessionAdmin } from './session-admin.js';

type Query = Readonly<Record<string, unknown>>;

const MESSAGES_DEFAULT = 100;

/** Conversations. An admin sees all, everybody else their own. */
@Controller('v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionAdmin) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Query): Promise<object> {
    const filter = given({
      userId: textQuery('user_id', query['user_id']),
      tenant: textQuery('tenant', query['tenant']),
      agentId: uuidQuery('agent_id', query['agent_id']),
      channel: textQuery('channel', query['channel']),
      q: textQuery('q', query['q']),
    });
    const page = await this.sessions.page(caller, filter, pageQuery(query));
    return pageAnswer('sessions', { ...page, items: page.items.map(knownFields) });
  }

  @Get(':id')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return knownFields(await this.sessions.get(caller, id));
  }

  /** From the oldest on; `before` reads backwards from there, `after` onwards. */
  @Get(':id/messages')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async messages(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Query,
  ): Promise<object> {
    const limit = integerQuery('limit', query['limit'], 1, PAGE_MAX) ?? MESSAGES_DEFAULT;
    const before = integerQuery('before', query['before'], 0);
    const after = integerQuery('after', query['after'], 0);
    const range = { limit: limit + 1, ...given({ before, after }) };
    const found = await this.sessions.messages(caller, id, range);
    const isBackward = before !== undefined;
    const messages = found.length <= limit ? found : isBackward ? found.slice(1) : found.slice(0, limit);
    const next = found.length > limit ? (isBackward ? messages[0] : messages.at(-1))?.seq : undefined;
    return { messages: messages.map(messageOf), ...given({ next }) };
  }

  @Patch(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async update(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const { label, model } = readBody(SessionChangeDto, body, { partial: true });
    const change = given({
      label: label === null ? '' : label,
      model: model === null ? '' : model,
    });
    return knownFields(await this.sessions.patch(caller, id, change));
  }

  @Post(':id/reset')
  @HttpCode(200)
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async reset(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return { ...knownFields(await this.sessions.reset(caller, id)), status: 'reset' };
  }

  @Delete(':id')
  @Access('operator', { mode: 'managed', ownership: 'own' })
  async remove(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return { ...knownFields(await this.sessions.remove(caller, id)), status: 'deleted' };
  }
}
