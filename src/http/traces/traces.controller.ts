import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Caller } from '#contracts';
import { isUuid } from '#kernel';
import { Access } from '#permissions';
import { TraceQuery } from '#tracing';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { HttpError } from '../http.errors.js';
import { invalid } from '../input/body-reader.js';
import type { TraceListDto, TraceWithSpansDto } from './dto/trace.dto.js';
import { pageAnswer } from '../rest/page-answer.js';
import { readTraceFilter } from './trace-filter.js';
import { toSpanDto, toTraceDto } from './trace-shape.js';

/** What happened in each run. An admin sees all, everybody else their own. */
@Controller('v1/traces')
export class TracesController {
  constructor(private readonly traces: TraceQuery) {}

  @Get()
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, unknown>,
  ): Promise<TraceListDto> {
    const page = await this.traces.page(caller, readTraceFilter(query));
    return pageAnswer('traces', { ...page, items: page.items.map(toTraceDto) });
  }

  @Get(':id')
  @Access('viewer', { mode: 'managed', ownership: 'own' })
  async find(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<TraceWithSpansDto> {
    if (!isUuid(id)) throw invalid('id', 'must be a UUID');
    const found = await this.traces.find(caller, id);
    if (!found) throw new HttpError('trace-not-found', `There is no trace ${id}.`, { param: 'id' });
    return { trace: toTraceDto(found.trace), spans: found.spans.map(toSpanDto) };
  }
}
