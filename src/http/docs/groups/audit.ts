import { ApiProduces, ApiQuery } from '@nestjs/swagger';
import { AuditController } from '../../audit/audit.controller.js';
import { AuditEntryDto, AuditListDto, AuditVerdictDto } from '../../audit/dto/audit.dto.js';
import { errors } from '../describe-errors.js';
import { describe } from '../describe-operation.js';
import { pageQueries, textFilter } from '../record-operations.js';

export function describeAudit(): void {
  const filters = (): MethodDecorator[] => [
    textFilter('user_id', 'Who did it.'),
    textFilter('tenant', 'The tenant of who did it.'),
    textFilter('action', 'The action, or how it begins: `agent.`, `access.denied`.'),
    ApiQuery({
      name: 'outcome',
      required: false,
      enum: ['ok', 'denied', 'failed'],
      description: 'How it ended.',
    }),
    textFilter('target_type', 'What it was done to: `agent`, `api_key`, `route` …'),
    textFilter('target_id', 'To which one.'),
    textFilter('trace_id', 'The trace or the request that it belongs to.'),
    textFilter('from', 'At or after this time (RFC 3339).'),
    textFilter('to', 'Before this time (RFC 3339).'),
  ];
  describe(AuditController, 'Audit', {
    list: {
      summary: 'List who did what, newest first',
      answer: AuditListDto,
      also: [...filters(), ...pageQueries(['seq']), ...errors(400)],
    },
    export: {
      summary: 'Read everything that fits, oldest first, one JSON object a line',
      answer: AuditEntryDto,
      also: [...filters(), ApiProduces('application/x-ndjson'), ...errors(400)],
    },
    verify: {
      summary: 'Check that no entry was changed, removed, added or moved',
      answer: AuditVerdictDto,
    },
  });
}
