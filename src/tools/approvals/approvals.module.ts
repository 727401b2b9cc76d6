import { Module } from '@nestjs/common';
import { ApprovalDesk } from './approval-desk.js';
import { ApprovalUpkeep } from './approval-upkeep.js';
import { Approvals } from './approvals.js';
import { ApproverReach } from './approver-reach.js';
import { DecisionWatch } from './decision-watch.js';

/** Commands that people approve: who asks, who decides, and how they find each other. */
@Module({
  providers: [Approvals, ApprovalDesk, ApprovalUpkeep, ApproverReach, DecisionWatch],
  exports: [Approvals, ApprovalDesk, ApproverReach],
})
export class ApprovalsModule {}
