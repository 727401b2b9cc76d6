import { Injectable } from '@nestjs/common';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { ApprovalDesk } from '#tools';
import { toExecAllowance, toPendingApproval } from '../approval-shape.js';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { AllowancesParams, ApprovalParams, ApproveParams } from './approvals.dto.js';

const ALLOWANCES_DEFAULT = 100;
const RULE = { scope: 'operator.approvals', ownership: 'own' } as const;

/** Commands of agents that people approve. */
@Injectable()
export class ApprovalsMethods {
  constructor(private readonly desk: ApprovalDesk) {}

  @Access('operator', RULE)
  @RpcMethod('exec.approval.list')
  async list(_params: object, { caller }: RpcContext): Promise<Methods['exec.approval.list']['result']> {
    return { pending: (await this.desk.pending(caller)).map(toPendingApproval) };
  }

  @Access('operator', RULE)
  @RpcMethod('exec.approval.approve', ApproveParams)
  async approve(
    { id, always = false }: ApproveParams,
    { caller }: RpcContext,
  ): Promise<Methods['exec.approval.approve']['result']> {
    const decision = always ? 'allow-always' : 'allow-once';
    await this.desk.decide(caller, id, decision);
    return { resolved: true, decision };
  }

  @Access('operator', RULE)
  @RpcMethod('exec.approval.deny', ApprovalParams)
  async deny(
    { id }: ApprovalParams,
    { caller }: RpcContext,
  ): Promise<Methods['exec.approval.deny']['result']> {
    await this.desk.decide(caller, id, 'deny');
    return { resolved: true, decision: 'deny' };
  }

  @Access('operator', RULE)
  @RpcMethod('exec.allowance.list', AllowancesParams)
  async allowances(
    { agentId, limit = ALLOWANCES_DEFAULT, after }: AllowancesParams,
    { caller }: RpcContext,
  ): Promise<Methods['exec.allowance.list']['result']> {
    const filter = agentId === undefined ? {} : { agentKey: agentId };
    const { items, next } = await this.desk.allowed(caller, filter, {
      limit,
      ...(after !== undefined && { after }),
    });
    return { allowances: items.map(toExecAllowance), ...(next !== undefined && { next }) };
  }

  @Access('operator', RULE)
  @RpcMethod('exec.allowance.revoke', ApprovalParams)
  async revoke(
    { id }: ApprovalParams,
    { caller }: RpcContext,
  ): Promise<Methods['exec.allowance.revoke']['result']> {
    await this.desk.revoke(caller, id);
    return { revoked: true };
  }
}
