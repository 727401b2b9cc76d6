import type { SpanEntity, TraceEntity } from '#store';
import type { SpanDto, TraceDto } from './dto/trace.dto.js';

/** Money is a numeric in the table, and comes as text. */
export function toTraceDto(trace: TraceEntity): TraceDto {
  return { ...shape(trace), total_cost: Number(trace.total_cost) } as TraceDto;
}

export function toSpanDto(span: SpanEntity): SpanDto {
  const cost = span.total_cost === null ? {} : { total_cost: Number(span.total_cost) };
  return { ...shape(span), ...cost } as SpanDto;
}

/** What is unknown is absent; times are RFC 3339. */
function shape(row: object): Record<string, unknown> {
  const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    known.map(([key, value]) => [key, value instanceof Date ? value.toISOString() : (value as unknown)]),
  );
}
