import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { type Page, type SpanEntity, type TraceEntity, type TraceFilter, TracingStore } from '#store';
import { Tracer } from './tracer.js';

/** Reads traces; what was recorded before the call is in the answer. */
@Injectable()
export class TraceQuery {
  constructor(
    private readonly tracer: Tracer,
    private readonly store: TracingStore,
  ) {}

  /** Newest first. An admin sees all, everybody else their own. */
  async page(caller: Caller, filter: TraceFilter): Promise<Page<TraceEntity>> {
    await this.tracer.flush();
    return this.store.page(caller, filter);
  }

  async list(caller: Caller, filter: TraceFilter): Promise<readonly TraceEntity[]> {
    return (await this.page(caller, filter)).items;
  }

  /** A trace with its spans; `undefined` when the caller has none with this id. */
  async find(caller: Caller, id: string): Promise<{ trace: TraceEntity; spans: SpanEntity[] } | undefined> {
    await this.tracer.flush();
    return this.store.find(caller, id);
  }
}
