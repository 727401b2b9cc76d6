import { Controller, Get, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { type Grouping, GROUPINGS, type UsageNarrowing } from '#store';
import { UsageQuery } from '#usage';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, textQuery, timeQuery, uuidQuery } from '../input/query.js';
import { given } from '../rest/given.js';
import { knownFields } from '../rest/known-fields.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';

type Query = Readonly<Record<string, unknown>>;

/** What was used. An admin sees everybody's, everybody else their own. */
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly usage: UsageQuery) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(@CurrentCaller() caller: Caller, @Query() query: Query): Promise<object> {
    const page = await this.usage.page(caller, readNarrowing(query), pageQuery(query));
    const items = page.items.map((row) => ({
      ...knownFields(row),
      total_tokens: row.input_tokens + row.output_tokens,
    }));
    return pageAnswer('records', { ...page, items });
  }

  @Get('summary')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async summary(@CurrentCaller() caller: Caller, @Query() query: Query): Promise<object> {
    const names = Object.keys(GROUPINGS) as Grouping[];
    const wanted = choiceQuery('group_by', query['group_by'], names);
    const grouping = names.find((name) => name === wanted) ?? 'agent';
    const groups = await this.usage.groups(caller, grouping, readNarrowing(query));
    return {
      group_by: grouping,
      groups: groups.map((group) => ({
        key: group.key ?? '',
        input_tokens: group.input_tokens,
        output_tokens: group.output_tokens,
        total_tokens: group.input_tokens + group.output_tokens,
        count: group.count,
      })),
    };
  }
}

function readNarrowing(query: Query): UsageNarrowing {
  return given({
    userId: textQuery('user_id', query['user_id']),
    tenant: textQuery('tenant', query['tenant']),
    agentId: uuidQuery('agent_id', query['agent_id']),
    from: timeQuery('from', query['from']),
    to: timeQuery('to', query['to']),
  });
}
