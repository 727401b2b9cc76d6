import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access } from '#permissions';
import { APPROVAL_STATES } from '#store';
import { ApprovalDesk } from '#tools';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { choiceQuery, textQuery, uuidQuery } from '../input/query.js';
import { given } from '../rest/given.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readBody } from '../rest/read-body.js';
import { approvalAnswer } from './approval-shape.js';
import { ApproveDto } from './dto/approval.dto.js';

const RULE = { mode: 'managed', scope: 'operator.approvals', ownership: 'own' } as const;

/** Commands that wait for somebody, and what became of others. An admin sees all, everybody else those of their runs. */
@Controller('v1/approvals')
export class ApprovalsController {
  constructor(private readonly desk: ApprovalDesk) {}

  @Get()
  @Access('operator', RULE)
  async list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): Promise<object> {
    choiceQuery('state', query['state'], APPROVAL_STATES);
    const filter = given({
      state: APPROVAL_STATES.find((one) => one === query['state']),
      userId: textQuery('user_id', query['user_id']),
      agentId: uuidQuery('agent_id', query['agent_id']),
      runId: uuidQuery('run_id', query['run_id']),
    });
    const page = await this.desk.page(caller, filter, pageQuery(query));
    return pageAnswer('approvals', { ...page, items: page.items.map(approvalAnswer) });
  }

  @Get(':id')
  @Access('operator', RULE)
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return approvalAnswer(await this.desk.get(caller, id));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Access('operator', RULE)
  async approve(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<object> {
    const { always = false } = readBody(ApproveDto, body ?? {});
    return approvalAnswer(await this.desk.decide(caller, id, always ? 'allow-always' : 'allow-once'));
  }

  @Post(':id/deny')
  @HttpCode(200)
  @Access('operator', RULE)
  async deny(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    return approvalAnswer(await this.desk.decide(caller, id, 'deny'));
  }
}
