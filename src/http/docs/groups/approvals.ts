import { ApiBody, ApiQuery } from '@nestjs/swagger';
import { APPROVAL_STATES } from '#store';
import { ApprovalsController } from '../../approvals/approvals.controller.js';
import {
  ApprovalDto,
  ApprovalListDto,
  ApproveDto,
  ExecAllowanceChangeDto,
  ExecAllowanceListDto,
} from '../../approvals/dto/approval.dto.js';
import { ExecAllowancesController } from '../../approvals/exec-allowances.controller.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { examplesOf, idParam, pageQueries, textFilter } from '../record-operations.js';

const EXAMPLES = { 'this once': {}, 'from now on': { always: true } };

export function describeApprovals(): void {
  const id = idParam('a command');
  const filters = (): MethodDecorator[] => [
    textFilter('user_id', 'The user of the runs; an admin sees those of all.'),
    textFilter('agent_id', 'UUID of the agent.'),
  ];
  describe(ApprovalsController, 'Approvals', {
    list: {
      summary: 'List commands that wait for an approval, or did, newest first',
      answer: ApprovalListDto,
      also: [
        ApiQuery({
          name: 'state',
          required: false,
          enum: [...APPROVAL_STATES],
          description: 'What became of them. Default: all.',
        }),
        ...filters(),
        textFilter('run_id', 'UUID of the run.'),
        ...pageQueries(['created_at']),
        ...errors(400),
      ],
    },
    find: {
      summary: 'Read a command that waits for an approval, or did',
      answer: ApprovalDto,
      also: [id, ...errors(404)],
    },
    approve: {
      summary: 'Let a command start',
      description:
        'Decided once: by the first who does. `always` is refused for commands that cannot be looked through.',
      answer: ApprovalDto,
      also: [
        id,
        ApiBody({ type: ApproveDto, required: false, examples: examplesOf(EXAMPLES) }),
        ...errors(400, 404, 412),
      ],
    },
    deny: { summary: 'Keep a command from starting', answer: ApprovalDto, also: [id, ...errors(404, 412)] },
  });
  describe(ExecAllowancesController, 'Approvals', {
    list: {
      summary: 'List commands that were allowed for good',
      answer: ExecAllowanceListDto,
      also: [...filters(), ...pageQueries(['created_at', 'entry']), ...errors(400)],
    },
    revoke: {
      summary: 'Have a command asked for again',
      answer: ExecAllowanceChangeDto,
      also: [idParam('a command'), ...errors(404)],
    },
  });
}
