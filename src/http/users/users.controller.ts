import { Controller, Delete, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { type ExportLine, type OwnedChoice, UserErasure, UserExport } from '#agent';
import type { Caller } from '#contracts';
import { Access, AuditLog } from '#permissions';
import { PeopleStore } from '#store';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { HttpError } from '../http.errors.js';
import { invalid } from '../input/body-reader.js';
import { textQuery, uuidQuery } from '../input/query.js';
import { given } from '../rest/given.js';
import { knownFields } from '../rest/known-fields.js';
import { lineStream } from '../rest/line-stream.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';

type Query = Readonly<Record<string, unknown>>;

/** Lines of an export that travel together. */
const LINES_TOGETHER = 100;

/** Who uses the gateway, and everything that there is of somebody. */
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly people: PeopleStore,
    private readonly exports: UserExport,
    private readonly erasure: UserErasure,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Query): Promise<object> {
    const filter = given({
      tenant: textQuery('tenant', query['tenant']),
      agentId: uuidQuery('agent_id', query['agent_id']),
      q: textQuery('q', query['q']),
    });
    const page = await this.people.users(filter, pageQuery(query));
    return pageAnswer('users', { ...page, items: page.items.map(knownFields) });
  }

  @Get(':id')
  @Access('admin', { mode: 'managed' })
  async find(@Param('id') id: string): Promise<object> {
    const user = await this.people.user(id);
    if (!user) throw new HttpError('user-not-found', `No user ${id} was ever here.`, { param: 'id' });
    return knownFields(user);
  }

  /** Everything of him; that it was read out is told in the audit log. */
  @Get(':id/export')
  @Access('admin', { mode: 'managed' })
  export(@CurrentCaller() caller: Caller, @Param('id') id: string): StreamableFile {
    this.audit.record(caller, { action: 'user.export', outcome: 'ok', target: { type: 'user', id } });
    return lineStream(together(this.exports.lines(id)), 'user.ndjson');
  }

  /** Removes everything of him, everywhere. There is no way back. */
  @Delete(':id')
  @Access('admin', { mode: 'managed' })
  async erase(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Query,
  ): Promise<object> {
    const owned = ownedChoice(textQuery('agents', query['agents']), id);
    return { ...(await this.erasure.erase(caller, id, owned)), status: 'erased' };
  }
}

async function* together(lines: AsyncIterable<ExportLine>): AsyncGenerator<ExportLine[]> {
  let some: ExportLine[] = [];
  for await (const line of lines) {
    some.push(line);
    if (some.length < LINES_TOGETHER) continue;
    yield some;
    some = [];
  }
  yield some;
}

function ownedChoice(text: string | undefined, userId: string): OwnedChoice {
  if (text === undefined || text === 'refuse' || text === 'delete') return text ?? 'refuse';
  const [, heir] = /^transfer:(.+)$/s.exec(text) ?? [];
  if (heir === undefined || heir === userId)
    throw invalid('agents', 'must be refuse, delete or transfer:<id of another user>');
  return { transferTo: heir };
}
