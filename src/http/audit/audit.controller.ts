import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import type { Caller } from '#contracts';
import { Access, AuditLog } from '#permissions';
import { AuditStore, AuditVerification } from '#store';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { knownFields } from '../rest/known-fields.js';
import { lineStream } from '../rest/line-stream.js';
import { pageAnswer } from '../rest/page-answer.js';
import { pageQuery } from '../rest/page-query.js';
import { readAuditFilter } from './audit-filter.js';

type Query = Readonly<Record<string, unknown>>;

/** Who did what. What happened before the request is in the answer. */
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly store: AuditStore,
    private readonly log: AuditLog,
    private readonly verification: AuditVerification,
  ) {}

  @Get()
  @Access('admin', { mode: 'managed' })
  async list(@Query() query: Query): Promise<object> {
    await this.log.flush();
    const page = await this.store.page(readAuditFilter(query), pageQuery(query));
    return pageAnswer('entries', { ...page, items: page.items.map(knownFields) });
  }

  /** Reading everything out is told of in the log itself. */
  @Get('export')
  @Access('admin', { mode: 'managed' })
  async export(@CurrentCaller() caller: Caller, @Query() query: Query): Promise<StreamableFile> {
    const filter = readAuditFilter(query);
    this.log.record(caller, {
      action: 'audit.export',
      outcome: 'ok',
      target: { type: 'audit' },
      details: { filter },
    });
    await this.log.flush();
    return lineStream(this.store.export(filter), 'audit.ndjson');
  }

  /** Reads the whole chain: minutes, where there are millions of entries. */
  @Get('verify')
  @Access('admin', { mode: 'managed' })
  async verify(): Promise<object> {
    const { entries, prunedSeq, head, broken } = await this.verification.verify();
    return { intact: !broken, entries, pruned_seq: prunedSeq, head, ...(broken && { broken }) };
  }
}
