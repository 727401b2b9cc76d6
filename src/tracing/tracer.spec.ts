import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LlmError } from '#contracts';
import { type SpanRecord, StoreError, type TraceRecord, TracingStore } from '#store';
import { ManualClock } from '../../test/support/manual-clock.js';
import type { RunTrace } from './run-trace.js';
import { Tracer } from './tracer.js';

class Table extends TracingStore {
  readonly writes: [traces: number, spans: number][] = [];
  readonly traces = new Map<string, TraceRecord>();
  readonly spans: SpanRecord[] = [];
  error: Error | undefined;
  gate: Promise<void> | undefined;

  constructor() {
    super(undefined as never);
  }

  override async write(traces: readonly TraceRecord[], spans: readonly SpanRecord[]): Promise<void> {
    await this.gate;
    if (this.error) throw this.error;
    this.writes.push([traces.length, spans.length]);
    for (const trace of traces) this.traces.set(trace.id, trace);
    this.spans.push(...spans);
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('traces', () => {
  let table: Table;
  let clock: ManualClock;
  let tracer: Tracer;
  beforeEach(() => {
    table = new Table();
    clock = new ManualClock();
    tracer = new Tracer(table, clock);
  });

  function begin(runId = 'r'): RunTrace {
    return tracer.begin({
      runId,
      agent: { id: 'a', key: 'default' },
      caller: { userId: 'ann', role: 'operator', scopes: [], credential: { kind: 'gateway-token' } },
      session: { key: 'agent:default:test' },
      input: 'hello',
    });
  }

  function tool(trace: RunTrace, toolName = 'glob'): void {
    const span = { toolName, toolCallId: 'c', startedAt: clock.now(), durationMs: 1 };
    trace.toolCall({ ...span, input: '{}', output: 'found', isError: false });
  }

  it('are written together, a second after the first, off the path of every run', async () => {
    for (const runId of ['1', '2', '3']) tool(begin(runId));
    expect(table.writes).toEqual([]);
    clock.advance(1_000);
    await settled();
    expect(table.writes).toEqual([[3, 3]]);
    expect(clock.pending).toBe(0);
  });

  it('are written at once when many spans wait, in batches', async () => {
    const trace = begin();
    for (let index = 0; index < 2_500; index++) tool(trace);
    await settled();
    await tracer.flush();
    expect(table.spans).toHaveLength(2_500);
    expect(Math.max(...table.writes.map(([, spans]) => spans))).toBeLessThanOrEqual(1_000);
  });

  it('do not grow without end while a write hangs: the newest are lost, and it is said', async () => {
    const errors = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const hanging = Promise.withResolvers<void>();
    table.gate = hanging.promise;
    const trace = begin();
    tool(trace, 'first');
    clock.advance(1_000);
    await settled();
    for (let index = 0; index < 20_010; index++) tool(trace);
    hanging.resolve();
    await tracer.flush();
    expect(table.spans).toHaveLength(20_001);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('10 spans and traces were lost'));
    errors.mockRestore();
  });

  it('count calls and tokens, and end with their state', async () => {
    const trace = begin();
    const call = { iteration: 1, provider: 'openai', model: 'm', startedAt: clock.now(), durationMs: 5 };
    const usage = { inputTokens: 7, outputTokens: 3, cachedTokens: 2, cacheWriteTokens: 0 };
    const error = new LlmError('server', 'openai', 'no');
    trace.llmCall({ ...call, output: '', attempt: 1, error });
    trace.llmCall({ ...call, usage, output: 'hi', attempt: 2 });
    tool(trace);
    clock.advance(50);
    trace.end({ status: 'completed', output: 'x'.repeat(600) }, clock.now());
    await tracer.flush();
    const [written] = [...table.traces.values()];
    expect(written).toMatchObject({
      run_id: 'r',
      user_id: 'ann',
      status: 'completed',
      duration_ms: 50,
      llm_call_count: 2,
      tool_call_count: 1,
      span_count: 4,
      total_input_tokens: 7,
      total_output_tokens: 3,
      input_preview: 'hello',
      output_preview: `${'x'.repeat(500)}…`,
    });
    expect(table.spans.map(({ span_type, status }) => `${span_type} ${status}`)).toEqual([
      'llm_call error',
      'llm_call completed',
      'tool_call completed',
      'agent completed',
    ]);
    expect(table.spans[1]).toMatchObject({ input_tokens: 7, output_tokens: 3, cached_tokens: 2 });
    const root = table.spans.at(-1)?.id;
    expect(table.spans.slice(0, -1).every(({ parent_span_id }) => parent_span_id === root)).toBe(true);
  });

  it('wait while the database is away, the newest state of each, and lose nothing', async () => {
    table.error = new StoreError('unavailable', 'away');
    const trace = begin();
    tool(trace);
    await tracer.flush();
    trace.end({ status: 'completed', output: '' }, clock.now());
    table.error = undefined;
    clock.advance(1_000);
    await settled();
    expect(table.spans.map(({ span_type }) => span_type)).toEqual(['tool_call', 'agent']);
    expect([...table.traces.values()]).toMatchObject([{ status: 'completed' }]);
  });

  it('are bounded while the database is away: the oldest go', async () => {
    table.error = new StoreError('unavailable', 'away');
    const trace = begin();
    for (let index = 0; index < 20_500; index++) tool(trace, `tool-${index}`);
    for (let index = 0; index < 10_500; index++) begin(`run-${index}`);
    await tracer.flush();
    table.error = undefined;
    await tracer.flush();
    expect(table.spans).toHaveLength(20_000);
    expect(table.spans[0]?.tool_name).toBe('tool-500');
    expect(table.traces.size).toBe(10_000);
  });

  it('are not blocked by what the database refuses', async () => {
    table.error = new Error('value too long');
    tool(begin('1'));
    await tracer.flush();
    table.error = undefined;
    tool(begin('2'));
    await tracer.flush();
    expect([...table.traces.values()].map(({ run_id }) => run_id)).toEqual(['2']);
  });

  it('never hold a name that the table cannot', async () => {
    tool(begin(), 'n'.repeat(10_000));
    await tracer.flush();
    expect(table.spans[0]?.tool_name).toHaveLength(200);
  });

  it('that were recorded before a flush are written when it resolves, also when another one is going', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    table.gate = promise;
    begin('1');
    const first = tracer.flush();
    const second = tracer.flush();
    let flushed = false;
    void second.then(() => (flushed = true));
    await settled();
    expect(flushed).toBe(false);
    resolve();
    await Promise.all([first, second]);
    expect(table.traces.size).toBe(1);
  });

  it('are written at shutdown, and no timer is left', async () => {
    begin();
    await tracer.onApplicationShutdown();
    expect(table.traces.size).toBe(1);
    begin('late');
    expect(clock.pending).toBe(0);
  });
});
