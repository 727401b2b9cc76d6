import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { ApprovalDesk } from '#tools';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { textQuery, uuidQuery } from '../input/query.js';
import { given } from '../rest/given.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { allowanceAnswer } from './approval-shape.js';

const RULE = { mode: 'managed', scope: 'operator.approvals', ownership: 'own' } as const;

/** Commands that were allowed for good, each for one user and one agent. */
@Controller('v1/exec-allowances')
export class ExecAllowancesController {
  constructor(private readonly desk: ApprovalDesk) {}

  @Get()
  @Access('operator', RULE)
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    const filter = given({
      userId: textQuery('user_id', query['user_id']),
      agentId: uuidQuery('agent_id', query['agent_id']),
    });
    const page = await this.desk.allowed(caller, filter, pageQuery(query));
    return pageAnswer('allowances', { ...page, items: page.items.map(allowanceAnswer) });
  }

  @Delete(':id')
  @Access('operator', RULE)
  async revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return { ...allowanceAnswer(await this.desk.revoke(caller, id)), status: 'revoked' };
  }
}
